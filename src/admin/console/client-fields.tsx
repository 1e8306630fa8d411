/** The fields of the forms about clients. */
import { Checkbox, Field, Select, TextArea } from '../../web/fields.tsx';
import type { Words } from '../../words/index.ts';
import type { Problems, Typed } from './client-form.ts';
import type { ClientKind } from './client-kinds.ts';

type Say = Words['consoleClients'];
type Props = { typed: Typed; problems: Problems; say: Say };

/** What a client of this kind says of itself. */
export function MetadataFields(props: Props & { redirects: boolean; hasKeys: boolean }) {
  const { typed, problems, say, redirects, hasKeys } = props;
  const { fields } = say;
  const text = (name: keyof typeof fields & keyof Typed) => ({
    ...{ name, label: fields[name].label, hint: fields[name].hint },
    ...{ value: typed[name], error: problems[name] },
  });
  return (
    <>
      <Field {...text('client_name')} type="text" autocomplete="off" />
      {redirects && <TextArea {...text('redirect_uris')} rows={3} />}
      {redirects && <TextArea {...text('post_logout_redirect_uris')} rows={2} optional />}
      {hasKeys && <Field {...text('jwks_uri')} type="url" autocomplete="off" optional />}
      <Field {...text('scope')} type="text" autocomplete="off" optional />
      <Field {...text('client_uri')} type="url" autocomplete="off" optional />
      <Field {...text('logo_uri')} type="url" autocomplete="off" optional />
    </>
  );
}

/** What only an administrator says of a client. */
export function StandingFields({ typed, problems, say }: Props) {
  const { fields } = say;
  const { trusted, roles, allowed_origins } = fields;
  return (
    <>
      <Checkbox name="trusted" label={trusted.label} hint={trusted.hint} checked={typed.trusted !== undefined} />
      <Field
        name="roles"
        label={roles.label}
        hint={roles.hint}
        value={typed.roles}
        error={problems.roles}
        type="text"
        autocomplete="off"
        optional
      />
      <TextArea
        name="allowed_origins"
        label={allowed_origins.label}
        hint={allowed_origins.hint}
        value={typed.allowed_origins}
        error={problems.allowed_origins}
        rows={2}
        optional
      />
    </>
  );
}

/** How a new client proves itself, and whether it stays: where its kind leaves a choice. */
export function FlowFields({ kind, typed, problems, say }: Props & { kind: ClientKind }) {
  const { fields } = say;
  return (
    <>
      {kind.methods.length > 1 && (
        <Select
          name="token_endpoint_auth_method"
          label={fields.token_endpoint_auth_method.label}
          hint={fields.token_endpoint_auth_method.hint}
          value={typed.token_endpoint_auth_method}
          error={problems.token_endpoint_auth_method}
          choices={kind.methods.map((value) => ({ value, label: say.methods[value] ?? value }))}
        />
      )}
      {kind.mayStay && (
        <Checkbox name="stay" label={fields.stay.label} hint={fields.stay.hint} checked={typed.stay !== undefined} />
      )}
    </>
  );
}
