import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Observable, takeUntil } from 'rxjs';
import { isEventStreamHandler } from '../routing/event-streams.js';
import { rawResponse } from './raw-message.js';
import { ResponseHead } from './response-head.js';

/**
 * KEEP: keeps a decision true for as long as its answer lasts. It ends the event stream of an `@Sse()` handler when
 * the page that reads it loses its permission; the page's `EventSource` sees the end, asks again, and is refused.
 *
 * Registered for the whole application where the option `revokeStreams` says so. What is no HTTP request, and
 * handlers that stream no events, pass untouched.
 *
 * @see {@link https://docs.nestjs.com/interceptors}
 */
@Injectable()
export class CorsInterceptor implements NestInterceptor {
  constructor(private readonly head: ResponseHead) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const answer = next.handle();
    if (context.getType() !== 'http' || !isEventStreamHandler(context.getHandler())) return answer;
    const exchange = this.head.exchange(rawResponse(context));
    if (exchange === undefined) return answer;
    const revoked = new Observable<void>((subscriber) => {
      exchange.endStream = () => {
        subscriber.next();
      };
      return () => {
        exchange.endStream = undefined;
      };
    });
    return answer.pipe(takeUntil(revoked));
  }
}
