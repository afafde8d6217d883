"""The types of an ftrack server, as far as haikei and the vendor's clients meet them.

A heading names a type, ``< Parent`` whose attributes it shares, ``key=`` its primary key (``id``), ``table=`` its name in events,
``carries=`` what every reference to it shows beside the key, and ``object=`` the id of its ObjectType. Below stands an attribute to a line::

    name      str = ""                a value: str, int, num, bool, date (UTC), any, obj; ``= default``; ``as legacy`` its name in events
    status    -> Status as statusid   one other entity, held as status_id (or ``via`` another attribute)
    versions  <- Asset.asset_id       the entities that hold us so; ``where attribute=value`` for some of them
    items     <> ListObject.list_id/entity_id AssetVersion   those that the rows of a link type lead to
    metadata  meta                    keys and values people may add
    custom_attributes custom ContextCustomAttributeValue
    ``!`` at the end: cannot be written; ``*``: made up when it is asked for

Names and relations follow the schema a server publishes (Apache-2.0 fixture of the vendor's JavaScript client), written anew.
"""

WORK = """
[Context] carries=context_type
name str = ""
context_type str !
created_at date !
created_by -> User via created_by_id as created_by !
parent -> Context
project_id str as showid
thumbnail -> Component as thumbid
thumbnail_url obj *
link any *
children <- Context.parent_id
appointments <- Appointment.context_id
assignments <- Appointment.context_id where type=assignment
allocations <- Appointment.context_id where type=allocation
assets <- Asset.context_id
notes <- Note.parent_id
timelogs <- Timelog.context_id
managers <- Manager.context_id
scopes <> ContextScope.context_id/scope_id Scope
descendants all TypedContext *
metadata meta
custom_attributes custom ContextCustomAttributeValue

[Project] < Context table=show
full_name str as fullname
status str = "active"
root str
color str
is_global bool = false
is_private bool = false as private
start_date date as startdate
end_date date as enddate
project_schema -> ProjectSchema as projectschemeid
review_sessions <- ReviewSession.project_id

[TypedContext] < Context carries=context_type,object_type_id,project_id table=task
description str
project -> Project as showid
sort num = 0
bid num = 0
start_date date as startdate
end_date date as enddate
status -> Status as statusid
type -> Type as typeid
priority -> Priority = "9661b320-3a0c-11e2-81c1-0800200c9a66" as priorityid
object_type -> ObjectType as object_typeid !
time_logged num *
bid_time_logged_difference num *
ancestors all TypedContext *
incoming_links <- TypedContextLink.to_id
outgoing_links <- TypedContextLink.from_id
lists <> ListObject.entity_id/list_id TypedContextList
status_changes <- TypedContextStatusChange.parent_id

[Task] < TypedContext object=11c137c0-ee7e-4f9c-91c5-8c77cec22b2c
[Shot] < TypedContext object=bad911de-3bd6-47b9-8b46-3476e237cb36
[Sequence] < TypedContext object=e5139355-61da-4c8f-9db4-3abc870166bc
[Episode] < TypedContext object=22139355-61da-4c8f-9db4-3abc870166bc
[AssetBuild] < TypedContext object=4be63b64-5010-42fb-bf1f-428af9d638f0
[Folder] < TypedContext object=3c133785-51cb-11e3-980a-20c9d0831e59
[Milestone] < TypedContext object=01decdd1-51cb-11e3-9d5b-20c9d0831e59

[TypedContextLink] table=dependency
from -> TypedContext
to -> TypedContext
metadata meta

[Scope]
name str
[ContextScope] key=context_id,scope_id
context -> Context
scope -> Scope

[ObjectType]
name str
icon str = "default"
sort int = 0
is_leaf bool = false
is_taskable bool = true
is_typeable bool = true
is_statusable bool = true
is_schedulable bool = false
is_time_reportable bool = false
project_schemas <> ProjectSchemaObjectType.object_type_id/project_schema_id ProjectSchema
[Type]
name str
sort int = 0
color str = "#510100"
is_billable bool = true
tasks <- Task.type_id
[State]
name str
short str
[Status]
name str
sort int = 0
color str
is_active bool = true
state -> State
tasks <- Task.status_id
[Priority]
name str
sort int = 0
color str
value num = 0

[ProjectSchema]
name str
_task_workflow -> WorkflowSchema via task_workflow_schema_id
task_workflow_schema -> WorkflowSchema via task_workflow_schema_id
_version_workflow -> WorkflowSchema via asset_version_workflow_schema_id
asset_version_workflow_schema -> WorkflowSchema via asset_version_workflow_schema_id
_task_type_schema -> TaskTypeSchema via task_type_schema_id
task_type_schema -> TaskTypeSchema via task_type_schema_id
_schemas <- Schema.project_schema_id
object_type_schemas <- Schema.project_schema_id
_overrides <- ProjectSchemaOverride.project_schema_id
task_workflow_schema_overrides <- ProjectSchemaOverride.project_schema_id
object_types <> ProjectSchemaObjectType.project_schema_id/object_type_id ObjectType
[ProjectSchemaObjectType] key=object_type_id,project_schema_id
object_type -> ObjectType
project_schema -> ProjectSchema
[ProjectSchemaOverride]
project_schema -> ProjectSchema
workflow_schema -> WorkflowSchema
type_id str
[WorkflowSchema]
name str
statuses <> WorkflowSchemaStatus.workflow_schema_id/status_id Status
[WorkflowSchemaStatus] key=workflow_schema_id,status_id
workflow_schema -> WorkflowSchema
status -> Status
[TaskTypeSchema]
name str
types <> TaskTypeSchemaType.task_type_schema_id/type_id Type
[TaskTypeSchemaType] key=task_type_schema_id,type_id
task_type_schema -> TaskTypeSchema
type -> Type
[Schema]
project_schema -> ProjectSchema
type_id str
object_type_id str
statuses <- SchemaStatus.schema_id
types <- SchemaType.schema_id
[SchemaStatus] key=status_id,schema_id
sort int = 0
schema_id str
task_status -> Status via status_id
[SchemaType] key=type_id,schema_id
sort int = 0
schema_id str
task_type -> Type via type_id

[AssetType]
name str
short str
component str = "main"
assets <- Asset.type_id
[Asset] carries=context_id
name str
type -> AssetType as typeid
parent -> Context via context_id
versions <- AssetVersion.asset_id
latest_version -> AssetVersion via latest_version_id *
metadata meta
custom_attributes custom AssetCustomAttributeValue
[AssetVersion] carries=asset_id
comment str = ""
version int
date date
is_published bool = true as ispublished
is_latest_version bool *
thumbnail_url obj *
link any *
asset -> Asset as assetid
status -> Status as statusid
user -> User as userid
task -> Task as taskid
thumbnail -> Component as thumbid
components <- Component.version_id
notes <- Note.parent_id
incoming_links <- AssetVersionLink.to_id
outgoing_links <- AssetVersionLink.from_id
lists <> ListObject.entity_id/list_id AssetVersionList
review_session_objects <- ReviewSessionObject.version_id
status_changes <- AssetVersionStatusChange.parent_id
metadata meta
custom_attributes custom AssetVersionCustomAttributeValue
[AssetVersionLink]
from -> AssetVersion
to -> AssetVersion
metadata meta

[Component] carries=system_type,version_id
name str = "main"
file_type str as filetype
system_type str !
size int = 0
version -> AssetVersion
container -> ContainerComponent
component_locations <- ComponentLocation.component_id
metadata meta
[FileComponent] < Component table=component
[ContainerComponent] < Component table=component
members <- Component.container_id
[SequenceComponent] < Component table=component
padding int = 0
members <- Component.container_id
[Location]
name str
label str
description str
location_components <- ComponentLocation.location_id
[ComponentLocation] carries=location_id,component_id
resource_identifier str
url obj *
component -> Component
location -> Location

[Metadata] key=parent_id,key carries=key,value,parent_type table=metadata
value str
parent_type str
[CustomAttributeType]
name str
core bool = false
form_config str
custom_attribute_configurations <- CustomAttributeConfiguration.type_id
[CustomAttributeGroup]
name str
custom_attribute_configurations <- CustomAttributeConfiguration.group_id
[CustomAttributeConfiguration]
key str
label str
entity_type str
object_type_id str
project_id str
config str = "{}"
core bool = false
sort int = 0
is_hierarchical bool = false
default any = ""
type -> CustomAttributeType
group -> CustomAttributeGroup
object_type -> ObjectType via object_type_id
read_security_roles <> CustomAttributeReader.configuration_id/security_role_id SecurityRole
write_security_roles <> CustomAttributeWriter.configuration_id/security_role_id SecurityRole
values <- CustomAttributeValue.configuration_id
[CustomAttributeReader] key=configuration_id,security_role_id
configuration -> CustomAttributeConfiguration
security_role -> SecurityRole
[CustomAttributeWriter] key=configuration_id,security_role_id
configuration -> CustomAttributeConfiguration
security_role -> SecurityRole
[CustomAttributeValue] key=configuration_id,entity_id carries=key,value
key str
value any
configuration -> CustomAttributeConfiguration
[ContextCustomAttributeValue] < CustomAttributeValue
[AssetVersionCustomAttributeValue] < CustomAttributeValue
[AssetCustomAttributeValue] < CustomAttributeValue
[UserCustomAttributeValue] < CustomAttributeValue
[ListCustomAttributeValue] < CustomAttributeValue
"""
"""What is worked on, how it is set up, and what is attached to it."""
