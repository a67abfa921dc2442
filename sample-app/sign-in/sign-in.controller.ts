import { BadRequestException, Body, Controller, Header, HttpCode, Post } from '@nestjs/common';

import { Cors } from '../../src/index.js';
import { textField } from '../text-field.js';

/**
 * Where an identity provider sends the customer back to (OAuth 2.0 Form Post Response Mode).
 *
 * Why `enforce: false`: the provider's page submits a *form*, which moves the whole window here. That is no
 * attempt to read an answer from elsewhere, yet browsers put `Origin` on every POST, so the request looks like a
 * cross-origin call and would get the guard's 403, and with it nobody could sign in. The origin need not even be
 * known: providers use many domains, some of which post with `Origin: null`.
 *
 * Why `origin: false` all the same: the answer is for the window, not for scripts. No CORS header is sent, so no
 * page can read it.
 *
 * What protects the route instead is the protocol's own `state`. A real shop keeps it in a cookie when sign-in
 * begins (`SameSite=None; Secure`, for this POST comes from another site) and compares it here before it believes
 * anything. This one keeps no such promise and therefore signs nobody in.
 */
@Cors({ origin: false, enforce: false })
@Controller('sign-in')
export class SignInController {
  @Post('callback')
  @HttpCode(200)
  @Header('Content-Type', 'text/html; charset=utf-8')
  callback(@Body() form: unknown): string {
    if (textField(form, 'code') === undefined || textField(form, 'state') === undefined) {
      throw new BadRequestException('The form lacks its code or its state.');
    }
    return '<!doctype html><title>Bookshop</title><p>Back from the identity provider.</p>';
  }
}
