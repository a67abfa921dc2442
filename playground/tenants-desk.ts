/** The back office's desk for tenants: a server, which no rule of CORS holds back, and which has the token. */
export class TenantsDesk {
  constructor(
    private readonly api: string,
    private readonly adminToken: string,
  ) {}

  /** The origins that are tenants' now. */
  async origins(): Promise<string[]> {
    return (await this.list()).map(({ origin }) => origin);
  }

  /** @throws Error in the words of the API where it says no */
  async allow(tenant: string, origin: string): Promise<void> {
    const response = await this.ask('', 'POST', { tenant, origin });
    // Somebody else was faster: it is as it should be.
    if (!response.ok && response.status !== 409) throw new Error(await refusal(response));
  }

  async revoke(origin: string): Promise<void> {
    const found = (await this.list()).find((each) => each.origin === origin);
    if (found === undefined) return;
    const response = await this.ask(`/${found.id}`, 'DELETE');
    if (!response.ok && response.status !== 404) throw new Error(await refusal(response));
  }

  private async list(): Promise<{ id: number; origin: string }[]> {
    const response = await this.ask('', 'GET');
    if (!response.ok) throw new Error(await refusal(response));
    return (await response.json()) as { id: number; origin: string }[];
  }

  private ask(path: string, method: string, body?: object): Promise<Response> {
    return fetch(`${this.api}/admin/tenant-origins${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.adminToken}`,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}

async function refusal(response: Response): Promise<string> {
  return `The API answered ${response.status}: ${(await response.text()).slice(0, 300)}`;
}
