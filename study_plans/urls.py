from django.urls import path

from study_plans.views import blocks, calendars, plans, unsubscribing

app_name = "study_plans"
urlpatterns = [
    path("plan/", plans.plan_show, name="plan_show"),
    path("plan/setup/", plans.plan_setup, name="plan_setup"),
    path("plan/setup/messages/", plans.messages_change, name="messages_change"),
    path("plan/month/", plans.plan_month, name="plan_month"),
    path("plan/revisions/", plans.revision_list, name="revision_list"),
    path("plan/revisions/<uuid:revision_id>/undo/", plans.revision_undo, name="revision_undo"),
    path("plan/revisions/<uuid:revision_id>/accept/", plans.revision_accept, name="revision_accept"),
    path("plan/blocks/<uuid:block_id>/", blocks.block_show, name="block_show"),
    path("plan/blocks/<uuid:block_id>/open/", blocks.block_open, name="block_open"),
    path("plan/blocks/<uuid:block_id>/complete/", blocks.block_complete, name="block_complete"),
    path("plan/blocks/<uuid:block_id>/reopen/", blocks.block_reopen, name="block_reopen"),
    path("plan/blocks/<uuid:block_id>/skip/", blocks.block_skip, name="block_skip"),
    path("plan/blocks/<uuid:block_id>/postpone/", blocks.block_postpone, name="block_postpone"),
    path("plan/blocks/<uuid:block_id>/pin/", blocks.block_pin, name="block_pin"),
    path("plan/blocks/<uuid:block_id>/swap/", blocks.block_swap, name="block_swap"),
    path("plan/calendar/", calendars.calendar_show, name="calendar_show"),
    path("plan/calendar/renew/", calendars.calendar_renew, name="calendar_renew"),
    path("plan/calendar/forget/", calendars.calendar_forget, name="calendar_forget"),
    path("plan/calendar/download.ics", calendars.calendar_download, name="calendar_download"),
    path("plan/calendar/<str:secret>.ics", calendars.calendar_feed, name="calendar_feed"),
    path("plan/unsubscribe/<str:token>/", unsubscribing.messages_stop, name="messages_stop"),
    path("topics/<slug:code>/", blocks.topic_show, name="topic_show"),
    path("labs/<slug:slug>/", blocks.lab_show, name="lab_show"),
]
