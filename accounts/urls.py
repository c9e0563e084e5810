from django.urls import path

from accounts.views import cohorts, own

app_name = "accounts"
urlpatterns = [
    path("settings/", own.settings_change, name="settings_change"),
    path("sharing/", own.sharing_show, name="sharing_show"),
    path("sharing/<int:membership_id>/", own.sharing_change, name="sharing_change"),
    path("sharing/<int:membership_id>/leave/", own.cohort_leave, name="cohort_leave"),
    path("my-data/", own.own_data_show, name="own_data_show"),
    path("my-data/tokens/", own.token_create, name="token_create"),
    path("my-data/tokens/<uuid:token_id>/revoke/", own.token_revoke, name="token_revoke"),
    path("my-data/delete/", own.account_delete, name="account_delete"),
    path("cohorts/", cohorts.cohort_list, name="cohort_list"),
    path("cohorts/<uuid:cohort_id>/manage/", cohorts.cohort_manage, name="cohort_manage"),
    path("cohorts/<uuid:cohort_id>/invitation/", cohorts.invitation_renew, name="invitation_renew"),
    path(
        "cohorts/<uuid:cohort_id>/members/<uuid:candidate_id>/remove/",
        cohorts.member_remove,
        name="member_remove",
    ),
    path("cohorts/<uuid:cohort_id>/close/", cohorts.cohort_close, name="cohort_close"),
    path("join/<str:token>/", cohorts.invitation_show, name="invitation_show"),
    path("join/<str:token>/accept/", cohorts.invitation_accept, name="invitation_accept"),
]
