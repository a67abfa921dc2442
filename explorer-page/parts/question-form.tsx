import { useState } from 'preact/hooks';
import { LinesField, TextField } from '../components/form-field.js';
import { RequestChoiceFields } from '../components/request-choice.js';
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
      <TextField
        id="origin"
        label="Origin of the page"
        class="wide"
        required
        placeholder="https://shop.example.com"
        value={fields.origin}
        onChange={(origin) => {
          set({ origin });
        }}
      />
      <TextField
        id="method"
        label="Method"
        class="method-field"
        required
        offers={{ id: 'methods', values: METHODS }}
        value={fields.method}
        onChange={(method) => {
          set({ method });
        }}
      />
      <TextField
        id="url"
        label="URL"
        class="url"
        required
        placeholder="/books/1"
        value={fields.url}
        onChange={(url) => {
          set({ url });
        }}
      />
      <LinesField
        id="headers"
        label="Headers that the page sets, one a line"
        class="wide"
        rows={3}
        placeholder={'content-type: application/json\nx-trace-id'}
        value={fields.headers}
        onChange={(headers) => {
          set({ headers });
        }}
      />
      <RequestChoiceFields credentials={fields.credentials} mode={fields.mode} onChange={set} />
      <TextField
        id="reads"
        label="Response headers that the page reads"
        class="wide"
        placeholder="x-request-id"
        value={fields.reads}
        onChange={(reads) => {
          set({ reads });
        }}
      />
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
