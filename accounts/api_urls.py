from django.urls import path

from accounts import api

urlpatterns = [path("tokens/", api.TokenCreate.as_view(), name="token_create")]
