import type { ComponentChildren } from 'preact';
import { OutcomeLegend } from '../../explorer-page/components/outcome-badge.js';
import type { VisitorId } from '../visitors.js';
import { CELL_OUTCOMES } from './cell-outcome.js';
import type { PartProps } from './part.js';
import { hrefOfScenario } from './scenario-selection.js';

/** What one has to know of CORS, each with a request that shows it. */
export function PrimerPart({ setup, here }: PartProps) {
  const { port } = new URL(here.origin);
  return (
    <>
      <h2>What is CORS?</h2>
      <ol class="primer">
        <Lesson title="An origin is scheme, host and port">
          This page is of <code>{here.origin}</code>. The API at <code>{setup.api}</code> has
          another port than {port}, and so is another origin. A browser never asks “who is the
          user?”. It asks “which origin is this page from?”.
        </Lesson>
        <Lesson title="A page may send; the other side decides whether it may read">
          Nobody stops a page from sending a simple request anywhere, and cookies may go along. The
          browser adds <code>Origin</code>, and shows the answer to the page only if it says{' '}
          <code>Access-Control-Allow-Origin</code>: this origin, or everybody.
          <Example row="catalog-list" from="stranger" text="A stranger reads the catalog" />
          <Example row="account-read" from="stranger" text="A stranger may not read the account" />
        </Lesson>
        <Lesson title="The browser asks first about anything that no form could send">
          JSON, a header of one’s own, <code>PUT</code> or <code>DELETE</code>: the browser sends an{' '}
          <code>OPTIONS</code> request ahead, the <em>preflight</em>. Only if its answer lists
          origin, method and headers, the request itself is sent.
          <Example row="account-address" from="shop" text="The shop asks, and may" />
          <Example row="catalog-header-unlisted" from="shop" text="A header that nobody listed" />
        </Lesson>
        <Lesson title="Cookies need more than a star">
          With <code>credentials: 'include'</code> a page acts as whoever is signed in. Then the
          answer has to name the origin, and say <code>Access-Control-Allow-Credentials: true</code>
          ; <code>*</code> is never enough.
          <Example row="catalog-cookie" from="partner" text="The same URL with cookies" />
        </Lesson>
        <Lesson title="The page is not told why">
          To its code every refusal is the same error. The reason, in red, is in the console of the
          developer tools, for people only.
          <Example row="orders-cancel" from="partner" text="Why a partner cannot cancel" />
        </Lesson>
        <Lesson title="CORS says who may read; it does not guard a server">
          Programs that are not browsers need no permission, and simple requests arrive in any case.
          So <code>nestjs-cors</code> refuses on the server, too; who is signed in, tokens and CSRF
          remain the application’s business.
          <Example row="reviews-write-simple" from="stranger" text="A post that needs no asking" />
          <Example row="admin-no-cors" from="stranger" text="A request without CORS" />
        </Lesson>
      </ol>
      <h3>What can become of a request</h3>
      <OutcomeLegend outcomes={CELL_OUTCOMES} />
    </>
  );
}

function Lesson({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <li>
      <h3>{title}</h3>
      <div>{children}</div>
    </li>
  );
}

function Example({ row, from, text }: { row: string; from: VisitorId; text: string }) {
  return (
    <a class="example" href={hrefOfScenario(row, from)}>
      {text}
    </a>
  );
}
