import type { ThirdPartyCookies } from './cookie-jar.js';

/** The three engines that the model is held against. */
export type EngineName = 'Chromium' | 'Firefox' | 'WebKit';

/** Where an engine differs from the standard: what it does instead, why, and where that is written. */
export interface EngineRules {
  /**
   * Whether `SameSite` cookies go along from a sandboxed frame, by the site of the page around it. By RFC 6265bis,
   * section 5.2, they do not: an opaque origin is of no site.
   */
  readonly sandboxIsOfItsPagesSite: boolean;
  /**
   * Whether a sandboxed frame tells the URL of its document as `Referer`. By Referrer Policy, "determine request's
   * referrer", a document with an opaque origin tells none.
   */
  readonly sandboxTellsReferrer: boolean;
  /** Whether policies that tell other sites more than their origin count as none there. */
  readonly shortensReferrersToOtherSites: boolean;
  /** Whether a referrer policy has `Origin` say `null` where CORS does not need it (Fetch, "append a request `Origin` header"). */
  readonly referrerPolicyHidesOrigin: boolean;
  /**
   * Whether preflights of opaque origins are remembered. The standard says how long at most, and lets browsers forget
   * earlier ("CORS-preflight cache").
   */
  readonly remembersPreflightsOfOpaqueOrigins: boolean;
  /** Whether preflights are remembered whose request says `Origin: null` because of its redirects. */
  readonly remembersPreflightsOfTaintedOrigins: boolean;
  /** Whether a preflight is forgotten as soon as the request itself does not pass the CORS check. */
  readonly forgetsPreflightsOfFailedRequests: boolean;
  /**
   * Whether a sandboxed frame sends `Origin` also with credentialed `no-cors` requests, where it could be granted
   * access to the cookies of the page around it.
   */
  readonly sendsOriginForStorageAccess: boolean;
  /**
   * Whether a preflight whose request was redirected from origin to origin is sent and checked with the page's own
   * origin; the request that follows says `null`.
   */
  readonly preflightsHideRedirects: boolean;
  /** Whether a request that needed a preflight needs one wherever it is redirected, were it a simple GET by then. */
  readonly preflightsEveryRedirect: boolean;
  /** Whether preflights of redirected requests ask for the headers that the page set, also those that are not sent. */
  readonly asksForOriginalHeaders: boolean;
  /**
   * Whether every redirect begins with the headers that the page set: what an earlier one has removed (`Authorization`, or
   * `Content-Type` of a POST that became a GET) is asked for, and sent, again, unless this one removes it, too.
   */
  readonly setsHeadersAnewOnRedirect: boolean;
  /** Whether preflights tell the referrer of the first request, were a redirect since to shorten or to remove it. */
  readonly preflightsTellFirstReferrer: boolean;
  /** Whether a remembered `*` stands for every header (and method), as it does in the answer itself. */
  readonly remembersWildcards: boolean;
  /** Whether HEAD, once a preflight let it pass without being named in the answer, passes by memory as well. */
  readonly remembersHeadAsSafelisted: boolean;
  /**
   * Whether a request that sent `Origin` sends the same on after a redirect within an origin, were it a same-origin GET by
   * then; and after a redirect to another origin its own, whatever the referrer policy hides.
   */
  readonly keepsOriginOnRedirect: boolean;
  /**
   * Whether a redirect to another origin has `Origin` say `null` where CORS does not need it, also when it comes from the
   * page's own origin.
   */
  readonly hidesOriginOnRedirect: boolean;
  /**
   * Whether a request with credentials mode `same-origin` that left its own origin has the redirects of other origins
   * checked as if it sent credentials there; after the preflight of the next request, and before that request.
   */
  readonly checksRedirectsWithStaleCredentials: boolean;
  /** Whether a redirect that changes the method, needs `Origin` or a preflight starts anew for `Sec-Fetch-Site`. */
  readonly restartsOnRedirect: boolean;
  /** Whether a request that was redirected to another origin than its last one still says `Sec-Fetch-Site`. */
  readonly keepsFetchMetadataOnRedirect: boolean;
  /** Whether a DELETE that is redirected to another origin becomes a GET, whatever the status. */
  readonly redirectsDeleteAsGet: boolean;
  /** Whether `*` in `Access-Control-Allow-Headers` stands for `Authorization` too, without credentials. */
  readonly wildcardCoversAuthorization: boolean;
  /** Seconds that a preflight is remembered at most. */
  readonly longestMaxAge: number;
  /** Whether the next preflight of a URL takes the place of the one before, instead of adding to it. */
  readonly replacesPreflights: boolean;
  /** Whether what a preflight granted with credentials counts for requests without any, too. */
  readonly sharesCredentialedPreflights: boolean;
  /** Whether a preflight is remembered for the usual 5 seconds where its `Access-Control-Max-Age` is no number. */
  readonly remembersUnreadableMaxAge: boolean;
  /** What a cookie is that does not say `SameSite`. */
  readonly sameSiteByDefault: 'Lax' | 'None';
  /** Whether `SameSite=None` holds without `Secure`. */
  readonly insecureNone: boolean;
  /** Whether `http:` on the loopback is good enough for `Secure` cookies. */
  readonly secureOnLoopback: boolean;
  /** What becomes of the cookies of other sites than the page's, unless a user wants it otherwise. */
  readonly thirdPartyCookies: ThirdPartyCookies;
}

/** What the standard says. */
export const STANDARD: EngineRules = {
  sandboxIsOfItsPagesSite: false,
  sandboxTellsReferrer: false,
  shortensReferrersToOtherSites: false,
  referrerPolicyHidesOrigin: true,
  remembersPreflightsOfOpaqueOrigins: true,
  remembersPreflightsOfTaintedOrigins: true,
  forgetsPreflightsOfFailedRequests: false,
  sendsOriginForStorageAccess: false,
  preflightsHideRedirects: false,
  preflightsEveryRedirect: false,
  asksForOriginalHeaders: false,
  setsHeadersAnewOnRedirect: false,
  preflightsTellFirstReferrer: false,
  remembersWildcards: true,
  remembersHeadAsSafelisted: true,
  keepsOriginOnRedirect: false,
  hidesOriginOnRedirect: false,
  checksRedirectsWithStaleCredentials: false,
  restartsOnRedirect: false,
  keepsFetchMetadataOnRedirect: true,
  redirectsDeleteAsGet: false,
  wildcardCoversAuthorization: false,
  longestMaxAge: Infinity,
  replacesPreflights: false,
  sharesCredentialedPreflights: true,
  remembersUnreadableMaxAge: true,
  sameSiteByDefault: 'Lax',
  insecureNone: false,
  secureOnLoopback: false,
  thirdPartyCookies: 'allowed',
};

export const ENGINE_RULES: Readonly<Record<EngineName, EngineRules>> = {
  Chromium: {
    ...STANDARD,
    // Observed in Chromium 156, under each policy.
    referrerPolicyHidesOrigin: false,
    // `RedirectUtil::UpdateHttpRequest()` (Chromium, net/url_request/redirect_util.cc); observed in Chromium 156 with a
    // `no-cors` POST, under each policy. Where CORS checks, the request is issued anew, with the page's origin.
    hidesOriginOnRedirect: true,
    // Observed in Chromium 156: one and the same sandboxed frame sends each of its preflights again.
    remembersPreflightsOfOpaqueOrigins: false,
    // Observed in Chromium 156, as with those of frames: the redirect makes another opaque origin each time.
    remembersPreflightsOfTaintedOrigins: false,
    // `CorsURLLoader::FollowRedirect()` (Chromium, services/network/cors/cors_url_loader.cc) issues the request anew in
    // these cases; `Sec-Fetch-Site` goes by the URLs of that one alone (services/network/sec_header_helpers.cc).
    restartsOnRedirect: true,
    // "Storage Access Headers" (https://privacycg.github.io/storage-access-headers/) rewrites Fetch, "append a request
    // `Origin` header": it goes along with `Sec-Fetch-Storage-Access: inactive`, as observed in Chromium 156.
    sendsOriginForStorageAccess: true,
    // Observed in Chromium 156, which still says that it will be otherwise one day ("deprecated").
    wildcardCoversAuthorization: true,
    // `kMaxTimeout` (Chromium, services/network/cors/preflight_result.cc).
    longestMaxAge: 7200,
    // `PreflightCache::AppendEntry()` (Chromium, services/network/cors/preflight_cache.cc); observed in Chromium 156.
    replacesPreflights: true,
    // Observed in Chromium 156.
    secureOnLoopback: true,
  },
  Firefox: {
    ...STANDARD,
    // `ReferrerInfo::ShouldIgnoreLessRestrictedPolicies()` (Gecko, dom/security/ReferrerInfo.cpp); observed in Firefox 153.
    shortensReferrersToOtherSites: true,
    // `nsCORSListenerProxy::OnStartRequest()` (Gecko, netwerk/protocol/http/nsCORSListenerProxy.cpp) removes it, and for
    // redirects `AsyncOnChannelRedirect()` of the same class.
    forgetsPreflightsOfFailedRequests: true,
    // `CORSCacheEntry::CheckRequest()`, same file, looks for each name itself, and needs none for GET and POST alone;
    // `nsCORSPreflightListener::CheckPreflightRequestApproved()`, which reads the answer, knows `*` and HEAD.
    remembersWildcards: false,
    remembersHeadAsSafelisted: false,
    // `nsCORSListenerProxy::StartCORSPreflight()`, same file: a preflight is a channel of its own, with the loading
    // principal, and has not been redirected.
    preflightsHideRedirects: true,
    // As in Chromium; observed in Firefox 153.
    sendsOriginForStorageAccess: true,
    // `HttpBaseChannel::SetupReplacementChannel()` (Gecko, netwerk/protocol/http/HttpBaseChannel.cpp) has the channel
    // that follows a redirect require a preflight where the one before required it.
    preflightsEveryRedirect: true,
    // `FetchDriver::AsyncOnChannelRedirect()` (Gecko, dom/fetch/FetchDriver.cpp) sets the headers of the page's request, but
    // for those that this redirect removes; observed in Firefox 153, in chains of two and three.
    setsHeadersAnewOnRedirect: true,
    // Observed in Firefox 153.
    wildcardCoversAuthorization: true,
    // `nsCORSPreflightListener::AddResultToCache()` (Gecko, netwerk/protocol/http/nsCORSListenerProxy.cpp): at most a
    // day, and nothing where a character is no digit.
    longestMaxAge: 86_400,
    remembersUnreadableMaxAge: false,
    // `nsPreflightCache::GetCacheKey()`, same file: `cred` and `nocred` are different keys.
    sharesCredentialedPreflights: false,
    // Observed in Firefox 153; `network.cookie.sameSite.laxByDefault` is off.
    sameSiteByDefault: 'None',
    // Observed in Firefox 153.
    secureOnLoopback: true,
    // "Total Cookie Protection"; observed in Firefox 153.
    thirdPartyCookies: 'partitioned',
  },
  WebKit: {
    ...STANDARD,
    // Observed in WebKitGTK 2.50. `Document::siteForCookies()` (WebKit, Source/WebCore/dom/Document.h) goes by the URLs of
    // a frame and the page around it; a sandbox changes the origin and not the URL.
    sandboxIsOfItsPagesSite: true,
    // Observed in WebKitGTK 2.50.
    sandboxTellsReferrer: true,
    // Observed in WebKitGTK 2.50. A frame has the same opaque origin all the time, a redirect makes another one each time.
    remembersPreflightsOfTaintedOrigins: false,
    // `NetworkLoadChecker::checkCORSRequestWithPreflight()` (WebKit,
    // Source/WebKit/NetworkProcess/NetworkLoadChecker.cpp) gives every preflight the `m_originalRequestHeaders`.
    asksForOriginalHeaders: true,
    // `Referer` is one of them; observed in WebKitGTK 2.50.
    preflightsTellFirstReferrer: true,
    // Same method, and `checkCORSRequest()`: `m_isSimpleRequest`, once false, stays so.
    preflightsEveryRedirect: true,
    // Observed in WebKitGTK 2.50: a header that was set for the first request stays until a redirect leaves its origin, and
    // what sets it then does not ask for the policy.
    keepsOriginOnRedirect: true,
    // `SubresourceLoader::checkRedirectionCrossOriginAccessControl()` (WebKit, Source/WebCore/loader/SubresourceLoader.cpp)
    // checks anew what the network process has checked, with the `storedCredentialsPolicy` that the load began with.
    checksRedirectsWithStaleCredentials: true,
    // Same method: with a redirect to another origin it calls `cleanHTTPRequestHeadersForAccessControl()`
    // (Source/WebCore/loader/CrossOriginAccessControl.cpp), which removes the `Sec-Fetch-*` headers.
    keepsFetchMetadataOnRedirect: false,
    // `shouldRedirectAsGET()` (WebKit, Source/WebKit/NetworkProcess/soup/NetworkDataTaskSoup.cpp); observed in
    // WebKitGTK 2.50.
    redirectsDeleteAsGet: true,
    // Observed in WebKitGTK 2.50.
    wildcardCoversAuthorization: true,
    // `maxPreflightCacheTimeout` (WebKit, Source/WebCore/loader/CrossOriginPreflightResultCache.cpp); `appendEntry()` there
    // keeps one result for each URL, as observed in WebKitGTK 2.50.
    longestMaxAge: 600,
    replacesPreflights: true,
    // Observed in WebKitGTK 2.50, for this one and the two that follow. Safari itself sends other sites no cookie at all.
    sameSiteByDefault: 'None',
    insecureNone: true,
    thirdPartyCookies: 'only-sent',
  },
};
