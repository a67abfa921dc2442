import { useState } from 'preact/hooks';
import { FEATURES } from '../scenarios.js';
import { fieldsOf, type OwnRequestFields, settingsOf } from './own-request-settings.js';

export interface OwnRequestFormProps {
  /** What the fields begin with. */
  readonly settings: URLSearchParams;
  readonly onAsk: (settings: URLSearchParams) => void;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const PATHS = [
  ...new Set(FEATURES.flatMap(({ scenarios }) => scenarios.map(({ path }) => path))),
  '/storefront/books',
];

/** A request to the bookshop, to be typed. */
export function OwnRequestForm({ settings, onAsk }: OwnRequestFormProps) {
  const [fields, setFields] = useState(() => fieldsOf(settings));
  const set = (changed: Partial<OwnRequestFields>) => {
    setFields((before) => ({ ...before, ...changed }));
  };
  return (
    <form
      class="question card"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(settingsOf(fields));
      }}
    >
      <div>
        <label for="method">Method</label>
        <input
          id="method"
          list="methods"
          required
          spellcheck={false}
          value={fields.method}
          onInput={({ currentTarget }) => {
            set({ method: currentTarget.value });
          }}
        />
        <datalist id="methods">
          {METHODS.map((method) => (
            <option key={method} value={method} />
          ))}
        </datalist>
      </div>
      <div class="url">
        <label for="url">Path at the API</label>
        <input
          id="url"
          list="paths"
          required
          pattern="/.*"
          title="A path begins with a slash, e.g. /catalog"
          spellcheck={false}
          placeholder="/catalog"
          value={fields.path}
          onInput={({ currentTarget }) => {
            set({ path: currentTarget.value });
          }}
        />
        <datalist id="paths">
          {PATHS.map((path) => (
            <option key={path} value={path} />
          ))}
        </datalist>
      </div>
      <div class="wide">
        <label for="headers">Headers, one a line</label>
        <textarea
          id="headers"
          rows={3}
          spellcheck={false}
          placeholder={'content-type: application/json\nx-tracking: on'}
          value={fields.headers}
          onInput={({ currentTarget }) => {
            set({ headers: currentTarget.value });
          }}
        />
      </div>
      <div>
        <label for="credentials">Credentials</label>
        <select
          id="credentials"
          value={fields.credentials}
          onChange={({ currentTarget }) => {
            set({ credentials: currentTarget.value as OwnRequestFields['credentials'] });
          }}
        >
          <option>same-origin</option>
          <option>include</option>
          <option>omit</option>
        </select>
      </div>
      <div>
        <label for="mode">Mode</label>
        <select
          id="mode"
          value={fields.mode}
          onChange={({ currentTarget }) => {
            set({ mode: currentTarget.value as OwnRequestFields['mode'] });
          }}
        >
          <option>cors</option>
          <option>no-cors</option>
          <option>same-origin</option>
        </select>
      </div>
      <div class="wide">
        <label for="body">Body</label>
        <textarea
          id="body"
          rows={2}
          spellcheck={false}
          placeholder='{"text":"…"}'
          value={fields.body}
          onInput={({ currentTarget }) => {
            set({ body: currentTarget.value });
          }}
        />
      </div>
      <button type="submit" class="primary wide">
        Explain
      </button>
    </form>
  );
}
