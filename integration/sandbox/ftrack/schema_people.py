"""The types of an ftrack server that are about people and what they do; written as `schema_table` explains."""

PEOPLE = """
[Resource] carries=resource_type
resource_type str !
appointments <- Appointment.resource_id
assignments <- Appointment.resource_id where type=assignment
allocations <- Appointment.resource_id where type=allocation
[User] < Resource
username str
first_name str = "" as firstname
last_name str = "" as lastname
email str
is_active bool = true as isactive
is_otp_enabled bool = false
is_totp_enabled bool = false
require_details_update bool = false
thumbnail_url obj *
user_type -> UserType
thumbnail -> Component as thumbid
memberships <- Membership.user_id
timelogs <- Timelog.user_id
user_security_roles <- UserSecurityRole.user_id
metadata meta
custom_attributes custom UserCustomAttributeValue
[UserType]
name str
[Group] < Resource
name str = ""
local bool = false
link any *
parent -> Group
children <- Group.parent_id
memberships <- Membership.group_id
[Membership]
user -> User
group -> Group
[SecurityRole]
name str
type str
user_security_roles <- UserSecurityRole.security_role_id
[UserSecurityRole]
is_all_open_projects bool = true
is_all_projects bool = true
user -> User
security_role -> SecurityRole
user_security_role_projects <- UserSecurityRoleProject.user_security_role_id
[UserSecurityRoleProject]
user_security_role -> UserSecurityRole
project -> Project
[Appointment]
type str
context -> Context
resource -> Resource
[ManagerType]
name str
[Manager]
context -> Context
user -> User
type -> ManagerType

[Note]
content str as text
date date
thread_activity date as triggerdate
is_todo bool = false
completed_at date
parent_id str
parent_type str
author -> User via user_id as userid
category -> NoteCategory as categoryid
completed_by -> User
in_reply_to -> Note as noteparentid
replies <- Note.in_reply_to_id
recipients <- Recipient.note_id
note_components <- NoteComponent.note_id
note_label_links <- NoteLabelLink.note_id
metadata meta
[NoteLabel]
name str
color str
sort int = 0
[NoteCategory]
name str
color str
sort int = 0
[NoteLabelLink] key=note_id,label_id
note -> Note
label -> NoteLabel
[NoteComponent] key=component_id,note_id
url obj *
thumbnail_url obj *
component -> Component
note -> Note
[Recipient] key=note_id,resource_id
text_mentioned str
note -> Note
recipient -> Resource via resource_id
user -> User via resource_id *

[Timelog] carries=user_id,context_id
name str
comment str = ""
start date
duration num = 0
time_zone_offset num = 0
user -> User
context -> Context
[Timer]
name str
comment str = ""
start date
user -> User
context -> Context
[CalendarEvent]
name str = ""
start date
end date
everyone bool = false
leave bool = false
forecast bool = false
effort num = 0
estimate num = 0
created_at date
created_by -> User via created_by_id
project -> Project
type -> Type
calendar_event_resources <- CalendarEventResource.calendar_event_id
metadata meta
[CalendarEventResource]
calendar_event -> CalendarEvent
resource -> Resource
created_at date
created_by -> User via created_by_id

[ListCategory]
name str
lists <- List.category_id
[List] carries=project_id
name str = ""
date date
is_open bool = true as isopen
system_type str !
project -> Project as showid
category -> ListCategory as typeid
owner -> User via user_id as userid
custom_attributes custom ListCustomAttributeValue
[AssetVersionList] < List table=list
items <> ListObject.list_id/entity_id AssetVersion
[TypedContextList] < List table=list
items <> ListObject.list_id/entity_id TypedContext
[ListObject]
entity_id str as entityid
list -> List as listid
[ReviewSession]
name str = "New review session"
description str = ""
start_date date as start
end_date date as end
is_moderated bool = false
created_at date
created_by -> User via created_by_id
project -> Project
review_session_objects <- ReviewSessionObject.review_session_id
review_session_invitees <- ReviewSessionInvitee.review_session_id
[ReviewSessionObject] carries=review_session_id
name str = ""
description str = ""
version str = ""
sort_order num = 0
created_at date
review_session -> ReviewSession
asset_version -> AssetVersion via version_id
notes <- Note.parent_id
statuses <- ReviewSessionObjectStatus.review_session_object_id
[ReviewSessionInvitee] carries=review_session_id
name str
email str
created_at date
review_session -> ReviewSession
created_by -> User via created_by_id
[ReviewSessionObjectStatus] carries=review_session_object_id
status str
created_at date
review_session_object -> ReviewSessionObject
invitee -> ReviewSessionInvitee via review_session_invitee_id

[StatusChange]
date date
parent_id str
parent_type str
user -> User
status -> Status
from_status -> Status
[TypedContextStatusChange] < StatusChange
parent -> TypedContext
[AssetVersionStatusChange] < StatusChange
parent -> AssetVersion
[Event]
action str
insert str
data str
created_at date
parent_id str
parent_type str
user -> User as userid
project -> Project as showid

[Job]
type str = "api_job"
status str = "queued"
data str
created_at date
finished_at date
user -> User as userid
job_components <- JobComponent.job_id
[JobComponent] key=component_id,job_id
url obj *
component -> Component
job -> Job
[Setting] key=name,group
value str = "default"
[Disk]
name str
windows str
unix str
"""
"""Who works, what they say, log and look at together, and what the server keeps of it."""
