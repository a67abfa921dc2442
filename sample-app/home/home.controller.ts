import { Controller, Get, Header, Inject } from '@nestjs/common';

import { Cors } from '../../src/index.js';
import { homeHtml, homeStyle } from './home-page.js';
import { VISITING_PAGES, type VisitingPage } from './visiting-pages.js';

/**
 * The API's own page: what there is to see, for whoever opens the first address that is printed.
 *
 * It is for people who open it. `@Cors(false)`, for no other page has a reason to read it.
 */
@Cors(false)
@Controller()
export class HomeController {
  constructor(@Inject(VISITING_PAGES) private readonly pages: readonly VisitingPage[]) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  page(): string {
    return homeHtml(this.pages);
  }

  @Get('home.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  style(): Promise<string> {
    return homeStyle();
  }
}
