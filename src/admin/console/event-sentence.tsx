/** An event of the audit log as a sentence: the actor, the act and the subject, by their names. */
import { clientNameOf } from '../../authorization-server/clients/client.ts';
import type { Texts } from '../../locales/index.ts';
import type { AuditRow } from '../../storage/server/audit.ts';
import { shortened } from '../../ui/names.tsx';
import { clientAddress, userAddress } from './links.tsx';
import { type Names, References } from './names.ts';

type Event = Pick<AuditRow, 'type' | 'actor' | 'subject'>;

const ACTOR = /^(user|client|api-key):(.*)$/s;

const isUserId = (id: string): boolean => id.startsWith('u_');
const isClientId = (id: string): boolean => id.startsWith('c_') || id.startsWith('https://');

/** The clients that an event names: an imported one has an ID of any form, which only its place tells. */
function clientsOf({ type, actor, subject }: Event): string[] {
  const [, kind, id = ''] = ACTOR.exec(actor) ?? [];
  const isSubject = type.startsWith('client.') || isClientId(subject);
  return [...(kind === 'client' ? [id] : []), ...(isSubject ? [subject] : [])];
}

/** The users and clients that events name. */
export function referencesOfEvents(events: readonly Event[]): References {
  const ids = events.flatMap(({ actor, subject }) => [ACTOR.exec(actor)?.[2] ?? '', subject]);
  return new References(ids.filter(isUserId), events.flatMap(clientsOf));
}

/** A user or client by name, linked to its page; anything else by its ID. */
function Reference({ id, names }: { id: string; names: Names }) {
  const user = names.users.get(id);
  if (user) return <a href={userAddress(id)}>{user.name || user.email}</a>;
  const client = names.clients.get(id);
  if (client) return <a href={clientAddress(id)}>{clientNameOf(client)}</a>;
  return <code title={id}>{shortened(id)}</code>;
}

export function EventSentence({ event, names, say }: { event: Event; names: Names; say: Texts['consoleAudit'] }) {
  const [, kind = '', actor = ''] = ACTOR.exec(event.actor) ?? [];
  const act = say.acts[event.type] ?? event.type;
  // An act on oneself needs no object.
  const isReflexive = actor === event.subject;
  return (
    <span>
      {kind === '' ? (say.actors[event.actor] ?? event.actor) : <Reference id={actor} names={names} />} {act}
      {!isReflexive && (
        <>
          {': '}
          <Reference id={event.subject} names={names} />
        </>
      )}
    </span>
  );
}
