import { Controller, Get, Header, Headers, Res } from '@nestjs/common';

import { Cors } from '../../src/index.js';
import { BooksService } from '../catalog/books.service.js';

/** Reports for partners: the `partners` policy, and on top of it what the report's own table needs. */
@Cors('partners')
@Controller('reports')
export class ReportsController {
  constructor(private readonly books: BooksService) {}

  /**
   * The function form: it receives the policy that the controller hands down and returns what changes. An object
   * with `exposedHeaders` would *replace* the inherited list, and `X-Request-Id` would be gone.
   *
   * The answer differs by language as well as by origin, so a cache has to know both. `@Header('Vary', …)` sets
   * the header anew, and still `Origin` stays in it: the module puts back what the policy needs. (`Vary` itself is
   * exposed only for the playground to show that.)
   */
  @Cors((inherited) => ({
    exposedHeaders: [inherited.exposedHeaders, 'X-Total-Count', 'Vary'].flat(),
  }))
  @Header('Vary', 'Accept-Language')
  @Get('bestsellers')
  bestsellers(
    @Headers('accept-language') languages: string | undefined,
    @Res({ passthrough: true }) reply: { header(name: string, value: string): unknown },
  ): { heading: string; titles: string[] } {
    const titles = this.books.list().map(({ title }) => title);
    reply.header('X-Total-Count', String(titles.length));
    return { heading: languages?.startsWith('de') ? 'Meistverkauft' : 'Bestsellers', titles };
  }
}
