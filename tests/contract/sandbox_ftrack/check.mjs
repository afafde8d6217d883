// Says what ftrack's JavaScript client hears at the event hub whose address is on the command line, one line of JSON each.
import { Event, EventHub } from '@ftrack/api';

const [url, user, key] = process.argv.slice(2);
const say = (what, event) => console.log(JSON.stringify({ what, data: event.data, source: event.source, inReplyToEvent: event.inReplyToEvent }));

const hub = new EventHub(url, user, key);
hub.connect();
hub.subscribe('topic=ftrack.action.launch', (event) => ({ success: true, message: event.data.actionIdentifier }));
hub.subscribe('topic=ftrack.update', (event) => {
  say('update', event);
  if (event.data.number === 2) process.exit();
});
const asked = new Event('ftrack.action.discover', { selection: [{ entityType: 'task', entityId: 't-1' }] });
say('menu', await hub.publishAndWaitForReply(asked));
