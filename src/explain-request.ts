import type { CorsDocument } from './document/cors-document.js';
import type { CorsExplanation, PageQuestion } from './document/explanation/cors-explanation.js';
import type { ExplainableService } from './document/explanation/explain-request.js';

/**
 * What a browser does with a page's request, step by step, and why; and what would have to change where the page does
 * not get its answer. Nothing is sent. Each fix has been tried: with it the application starts, and the page can read.
 *
 * A service asks its code. A document holds none: see `assume`.
 *
 * @param of `CorsPolicyService` of a running application, or a document that `CorsPolicyService.document()` wrote
 * @throws RangeError where no page of a browser could ask so; the message says what to change
 * @throws DocumentError where the document holds what cannot be read
 */
export async function explainRequest(
  of: CorsDocument | ExplainableService,
  question: PageQuestion,
): Promise<CorsExplanation> {
  // An application starts without it.
  const explanation = await import('./document/explanation/explain-request.js');
  return explanation.explainRequest(of, question);
}
