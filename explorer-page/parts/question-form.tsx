import { useState } from 'preact/hooks';
import type { DocumentedPlace } from '../documented-places.js';

export interface QuestionFormProps {
  /** What the fields begin with. */
  readonly settings: URLSearchParams;
  readonly places: readonly DocumentedPlace[];
  readonly onAsk: (settings: URLSearchParams) => void;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** A page's request, to be typed. */
export function QuestionForm({ settings, places, onAsk }: QuestionFormProps) {
  const [fields, setFields] = useState(() => fieldsOf(settings, places));
  const set = (changed: Partial<Fields>) => {
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
      <div class="wide">
        <label for="origin">Origin of the page</label>
        <input
          id="origin"
          required
          spellcheck={false}
          placeholder="https://shop.example.com"
          value={fields.origin}
          onInput={({ currentTarget }) => {
            set({ origin: currentTarget.value });
          }}
        />
      </div>
      <div class="method-field">
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
        <label for="url">URL</label>
        <input
          id="url"
          required
          spellcheck={false}
          placeholder="/books/1"
          value={fields.url}
          onInput={({ currentTarget }) => {
            set({ url: currentTarget.value });
          }}
        />
      </div>
      <div class="wide">
        <label for="headers">Headers that the page sets, one a line</label>
        <textarea
          id="headers"
          rows={3}
          spellcheck={false}
          placeholder={'content-type: application/json\nx-trace-id'}
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
            set({ credentials: currentTarget.value });
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
            set({ mode: currentTarget.value });
          }}
        >
          <option>cors</option>
          <option>no-cors</option>
          <option>same-origin</option>
        </select>
      </div>
      <div class="wide">
        <label for="reads">Response headers that the page reads</label>
        <input
          id="reads"
          spellcheck={false}
          placeholder="x-request-id"
          value={fields.reads}
          onInput={({ currentTarget }) => {
            set({ reads: currentTarget.value });
          }}
        />
      </div>
      <label class="check wide">
        <input
          type="checkbox"
          checked={fields.upload}
          onChange={({ currentTarget }) => {
            set({ upload: currentTarget.checked });
          }}
        />
        Listens to the progress of an upload, or sends a stream
      </label>
      <button type="submit" class="primary wide">
        Explain
      </button>
    </form>
  );
}

interface Fields {
  readonly origin: string;
  readonly method: string;
  readonly url: string;
  readonly headers: string;
  readonly credentials: string;
  readonly mode: string;
  readonly reads: string;
  readonly upload: boolean;
}

function fieldsOf(settings: URLSearchParams, places: readonly DocumentedPlace[]): Fields {
  const text = (name: string, otherwise: string) => settings.get(name) ?? otherwise;
  const named = places.flatMap(({ policies }) => policies.flatMap(({ origins }) => origins.exact));
  return {
    origin: text('origin', named.find((origin) => origin !== 'null') ?? ''),
    method: text('method', 'GET'),
    url: text('url', ''),
    headers: settings.getAll('header').join('\n'),
    credentials: text('credentials', 'same-origin'),
    mode: text('mode', 'cors'),
    reads: settings.getAll('read').join(', '),
    upload: settings.get('upload') === '1',
  };
}

/** Fields that say nothing of their own are left out, so that links are short. */
function settingsOf({ origin, method, url, headers, ...fields }: Fields): URLSearchParams {
  const settings = new URLSearchParams({ origin: origin.trim(), url: url.trim() });
  if (method.trim() !== 'GET') settings.set('method', method.trim());
  for (const line of headers.split('\n')) {
    if (line.trim() !== '') settings.append('header', line.trim());
  }
  if (fields.credentials !== 'same-origin') settings.set('credentials', fields.credentials);
  if (fields.mode !== 'cors') settings.set('mode', fields.mode);
  if (fields.upload) settings.set('upload', '1');
  for (const name of fields.reads.split(/[\s,]+/).filter(Boolean)) settings.append('read', name);
  return settings;
}
