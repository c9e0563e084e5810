"""Personal tokens over the API. Cohorts and reports are analytics' addresses, because they carry figures."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle
from rest_framework.views import APIView

from accounts import services


class SignInRefused(APIException):
    status_code = 401
    default_code = "sign_in_refused"
    default_detail = "Email or password is not right, or this account needs its second factor."


class PerAccountThrottle(SimpleRateThrottle):
    """Guesses against one account count together, whatever address they come from."""

    scope = "token_account"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        email = request.data.get("email") if isinstance(request.data, dict) else None
        return f"token-account-{email.strip().lower()[:254]}" if isinstance(email, str) else None


class TokenCreate(APIView):
    """Trade an email and password for a token."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [ScopedRateThrottle, PerAccountThrottle]
    throttle_scope = "token"

    class Input(serializers.Serializer):
        email = serializers.EmailField()
        password = serializers.CharField(trim_whitespace=False, max_length=500)

        class Meta:
            ref_name = "SignIn"

    class Output(serializers.Serializer):
        token = serializers.CharField()
        expires_at = serializers.DateTimeField()

        class Meta:
            ref_name = "Token"

    @extend_schema(request=Input, responses={201: Output}, auth=[])
    def post(self, request: Request) -> Response:
        given = self.Input(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            text, token = services.trade_password(**given.validated_data, now=timezone.now())
        except services.SignInRefused as refused:
            raise SignInRefused from refused
        return Response(self.Output({"token": text, "expires_at": token.expires_at}).data, status=201)
