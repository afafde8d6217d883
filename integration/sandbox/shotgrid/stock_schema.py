"""The fields that a fresh pretend studio has: a table, one line a field.

``name type(arguments) flags : display name``. Arguments are the values of a list or the types of a link; flags are ``*`` mandatory,
``!`` not for callers to write, ``~Type.field`` the field on the other side of a link, ``=value`` the default (JSON).
"""

EVERYWHERE = """
id number ! : Id
created_at date_time : Date Created
updated_at date_time ! : Date Updated
created_by entity(HumanUser|ApiUser) : Created by
updated_by entity(HumanUser|ApiUser) ! : Updated by
cached_display_name text ! : Cached Display Name
"""
"""Fields of every type."""

PEOPLE = "HumanUser|ApiUser"

ENTITIES = {
    "Project": """
name text * : Project Name
code text : Code
sg_status list(Bidding|Active|Lost|Hold) ="Active" : Status
sg_type list(Animation|Feature|TV) : Type
sg_description text : Description
archived checkbox =false : Archived
is_template checkbox =false : Template
is_demo checkbox =false : Demo
image image : Thumbnail
users multi_entity(HumanUser) ~HumanUser.projects : Users
tank_name text : Tank Name
start_date date : Start Date
end_date date : End Date
last_accessed_by_current_user date_time ! : Last Accessed
""",
    "Episode": """
code text * : Episode Name
project entity(Project) : Project
description text : Description
sg_status_list status_list(wtg|ip|fin) ="wtg" : Status
image image : Thumbnail
sequences multi_entity(Sequence) ~Sequence.episode : Sequences
tasks multi_entity(Task) ~Task.entity : Tasks
tag_list tag_list : Tags
""",
    "Sequence": """
code text * : Sequence Name
project entity(Project) : Project
episode entity(Episode) ~Episode.sequences : Episode
description text : Description
sg_status_list status_list(wtg|ip|fin) ="wtg" : Status
image image : Thumbnail
shots multi_entity(Shot) ~Shot.sg_sequence : Shots
tasks multi_entity(Task) ~Task.entity : Tasks
tag_list tag_list : Tags
""",
    "Shot": """
code text * : Shot Code
project entity(Project) : Project
sg_sequence entity(Sequence) ~Sequence.shots : Sequence
sg_episode entity(Episode) : Episode
sg_status_list status_list(wtg|rdy|ip|hld|fin|omt|cbb) ="wtg" : Status
description text : Description
image image : Thumbnail
assets multi_entity(Asset) ~Asset.shots : Assets
tasks multi_entity(Task) ~Task.entity : Tasks
notes multi_entity(Note) ~Note.note_links : Notes
sg_versions multi_entity(Version) ~Version.entity : Versions
task_template entity(TaskTemplate) : Task Template
sg_cut_order number : Cut Order
sg_cut_in number : Cut In
sg_cut_out number : Cut Out
sg_cut_duration number : Cut Duration
sg_place text : Place
sg_season text : Season
sg_time_of_day text : Time of Day
sg_weather text : Weather
sg_light text : Light
sg_art_note text : Art Note
tag_list tag_list : Tags
""",
    "Asset": """
code text * : Asset Name
project entity(Project) : Project
sg_asset_type list(Character|Prop|Environment|Background|Matte Painting) : Type
sg_status_list status_list(wtg|rdy|ip|hld|fin|omt) ="wtg" : Status
description text : Description
image image : Thumbnail
shots multi_entity(Shot) ~Shot.assets : Shots
tasks multi_entity(Task) ~Task.entity : Tasks
notes multi_entity(Note) ~Note.note_links : Notes
task_template entity(TaskTemplate) : Task Template
tag_list tag_list : Tags
""",
    "CustomEntity01": """
code text * : Background Name
project entity(Project) : Project
sg_status_list status_list(wtg|rdy|ip|hld|fin|omt) ="wtg" : Status
description text : Description
image image : Thumbnail
shots multi_entity(Shot) : Shots
tasks multi_entity(Task) ~Task.entity : Tasks
""",
    "Step": """
code text * : Step Name
short_name text : Short Name
entity_type entity_type : Entity Type
list_order number : Order
color color : Colour
department entity(Department) : Department
description text : Description
""",
    "Task": """
content text * : Task Name
project entity(Project) : Project
entity entity(Shot|Asset|Sequence|Episode|CustomEntity01|Project) ~*.tasks : Link
step entity(Step) : Pipeline Step
sg_status_list status_list(wtg|rdy|ip|rev|apr|fin|hld|omt) ="wtg" : Status
task_assignees multi_entity(HumanUser|Group) : Assigned To
task_reviewers multi_entity(HumanUser|Group) : Reviewer
start_date date : Start Date
due_date date : Due Date
duration duration : Duration
est_in_mins duration : Bid
time_logs_sum duration ! : Time Logged
upstream_tasks multi_entity(Task) ~Task.downstream_tasks : Upstream Dependency
downstream_tasks multi_entity(Task) ~Task.upstream_tasks : Downstream Dependency
task_template entity(TaskTemplate) : Task Template
template_task entity(Task) ! : Template Task
sg_description text : Description
tag_list tag_list : Tags
image image : Thumbnail
notes multi_entity(Note) ~Note.tasks : Notes
milestone checkbox =false : Milestone
pinned checkbox =false : Pinned
""",
    "Version": """
code text * : Version Name
project entity(Project) : Project
entity entity(Shot|Asset|Sequence|Episode|CustomEntity01|Project) ~*.sg_versions : Link
sg_task entity(Task) : Task
tasks multi_entity(Task) : Tasks
user entity(HumanUser|ApiUser) : Artist
description text : Description
sg_status_list status_list(na|rev|vwd|apr) ="rev" : Status
sg_uploaded_movie url : Uploaded Movie
sg_uploaded_movie_mp4 url : Uploaded Movie MP4
sg_uploaded_movie_webm url : Uploaded Movie WebM
sg_uploaded_movie_transcoding_status number ! : Transcoding Status
sg_path_to_frames text : Path to Frames
sg_path_to_movie text : Path to Movie
sg_first_frame number : First Frame
sg_last_frame number : Last Frame
frame_range text : Frame Range
frame_count number : Frame Count
sg_version_type list(Layout|Genzu|Background|Revision) : Type
sg_department text : Department
playlists multi_entity(Playlist) ~Playlist.versions : Playlists
published_files multi_entity(PublishedFile) ~PublishedFile.version : Published Files
notes multi_entity(Note) ~Note.note_links : Notes
image image : Thumbnail
filmstrip_image image : Filmstrip Thumbnail
client_approved checkbox =false : Client Approved
client_approved_at date_time : Client Approved at
tag_list tag_list : Tags
""",
    "PublishedFileType": """
code text * : Type
short_name text : Short Name
description text : Description
""",
    "PublishedFile": """
code text * : File Name
name text : Name
project entity(Project) : Project
path url : Path
path_cache text : Path Cache
published_file_type entity(PublishedFileType) : Type
version_number number : Version Number
version entity(Version) ~Version.published_files : Version
task entity(Task) : Task
entity entity(Shot|Asset|Sequence|Episode|CustomEntity01|Project) : Link
description text : Description
sg_status_list status_list(wtg|ip|cmpt) ="wtg" : Status
image image : Thumbnail
upstream_published_files multi_entity(PublishedFile) ~PublishedFile.downstream_published_files : Upstream
downstream_published_files multi_entity(PublishedFile) ~PublishedFile.upstream_published_files : Downstream
tag_list tag_list : Tags
""",
    "Note": """
subject text * : Subject
content text : Body
project entity(Project) : Project
note_links multi_entity ~*.notes : Links
tasks multi_entity(Task) ~Task.notes : Tasks
user entity(HumanUser|ApiUser) : Author
addressings_to multi_entity(HumanUser|Group) : To
addressings_cc multi_entity(HumanUser|Group) : CC
attachments multi_entity(Attachment) : Attachments
replies multi_entity(Reply) ~Reply.entity : Replies
playlist entity(Playlist) : Playlist
sg_note_type list(Internal|Client) : Type
sg_status_list status_list(opn|ip|clsd) ="opn" : Status
read_by_current_user list(read|unread) : Read
tag_list tag_list : Tags
""",
    "Reply": """
content text * : Body
entity entity(Note|Ticket) ~Note.replies : Link
user entity(HumanUser|ApiUser) : Author
""",
    "Ticket": """
title text * : Title
project entity(Project) : Project
description text : Description
sg_status_list status_list(opn|ip|clsd) ="opn" : Status
""",
    "Playlist": """
code text * : Playlist Name
project entity(Project) : Project
versions multi_entity(Version) ~Version.playlists : Versions
description text : Description
sg_date_and_time date_time : Date
sg_type list(Review|Dailies) : Type
notes multi_entity(Note) ~Note.note_links : Notes
image image : Thumbnail
""",
    "PlaylistVersionConnection": """
playlist entity(Playlist) : Playlist
version entity(Version) : Version
sg_sort_order number : Order
""",
    "TimeLog": """
entity entity(Task|Ticket) : Link
user entity(HumanUser|ApiUser) : User
duration duration : Duration
date date : Date
description text : Description
project entity(Project) : Project
""",
    "HumanUser": """
login text * : Login
name text : Name
firstname text : First Name
lastname text : Last Name
email text : Email
sg_status_list status_list(act|dis) ="act" : Status
department entity(Department) : Department
groups multi_entity(Group) ~Group.users : Groups
projects multi_entity(Project) ~Project.users : Projects
permission_rule_set entity(PermissionRuleSet) : Permission Group
password_proxy password : Password
sg_name_en text : Name (English)
sg_role text : Role
language text : Language
image image : Thumbnail
""",
    "ApiUser": """
firstname text * : Script Name
lastname text : Version
email text : Maintainer
description text : Description
generate_event_log_entries checkbox =true : Generate Events
permission_rule_set entity(PermissionRuleSet) : Permission Group
projects multi_entity(Project) : Projects
salted_password password : Application Key
""",
    "Group": """
code text * : Group Name
users multi_entity(HumanUser) ~HumanUser.groups : People
""",
    "Department": """
code text : Short Code
name text * : Department Name
""",
    "Status": """
code text * : Short Code
name text : Status Name
icon text : Icon
bg_color color : Background Colour
""",
    "Attachment": """
this_file url : File
display_name text : Name
filename text ! : File Name
original_fname text ! : Original File Name
file_size number ! : File Size
file_extension text ! : Extension
content_type text ! : Content Type
description text : Description
image image : Thumbnail
project entity(Project) : Project
attachment_links multi_entity : Links
notes multi_entity(Note) : Notes
tag_list tag_list : Tags
""",
    "EventLogEntry": """
event_type text : Event Type
attribute_name text : Attribute Name
meta serializable : Meta
entity entity : Link
project entity(Project) : Project
user entity(HumanUser|ApiUser) : User
session_uuid text : Session
description text : Description
""",
    "TaskTemplate": """
code text * : Template Name
description text : Description
entity_type entity_type : Entity Type
tasks multi_entity(Task) : Tasks
""",
    "ActionMenuItem": """
title text * : Title
url text : URL
entity_type entity_type : Entity Type
list_order number : Order
folder text : Folder
selection_required checkbox =false : Selection Required
poll_for_data_updates checkbox =false : Poll for Updates
permissions_groups multi_entity(PermissionRuleSet) : Permission Groups
projects multi_entity(Project) : Projects
""",
    "PermissionRuleSet": """
code text * : Code
display_name text : Name
entity_type entity_type : Entity Type
""",
    "Tag": """
name text * : Tag Name
""",
}
"""Fields of each type, besides those of `EVERYWHERE`."""

IDENTIFIERS = {
    "Project": "name", "Task": "content", "Note": "subject", "Reply": "content", "HumanUser": "name", "ApiUser": "firstname", "Department": "name",
    "Tag": "name", "Attachment": "display_name", "EventLogEntry": "description", "ActionMenuItem": "title", "TimeLog": "description", "Ticket": "title",
    "PermissionRuleSet": "display_name", "PlaylistVersionConnection": "id",
}  # fmt: skip
"""The field that names an entity in links, where it is not ``code``."""

UNIQUE = {"Project": "name", "HumanUser": "login", "ApiUser": "firstname", "Status": "code"}
"""The field of which no two may have the same value."""

STATUS_NAMES = {
    "wtg": "Waiting to Start", "rdy": "Ready to Start", "ip": "In Progress", "rev": "Pending Review", "apr": "Approved", "fin": "Final",
    "hld": "On Hold", "omt": "Omit", "na": "N/A", "vwd": "Viewed", "cbb": "Could Be Better", "opn": "Open", "clsd": "Closed",
    "cmpt": "Complete", "act": "Active", "dis": "Disabled",
}  # fmt: skip
"""What people call each status code."""
