/** As much of a response as a decision needs. Its headers cost what they cost Node's: names in lower case. */
export class StubResponse {
  statusCode = 200;
  /** @type {Record<string, string>} */
  headers = {};

  /**
   * @param {string} name
   * @param {string} value
   */
  setHeader(name, value) {
    this.headers[name.toLowerCase()] = value;
    return this;
  }

  /** @param {string} name */
  getHeader(name) {
    return this.headers[name.toLowerCase()];
  }

  /** @param {string} name */
  hasHeader(name) {
    return name.toLowerCase() in this.headers;
  }

  /** @param {string} name */
  removeHeader(name) {
    delete this.headers[name.toLowerCase()];
  }

  end() {}
}

/** The same, as Fastify has it. */
export class StubReply extends StubResponse {
  /**
   * @param {string} name
   * @param {string} value
   */
  header(name, value) {
    return this.setHeader(name, value);
  }

  /** @param {number} status */
  code(status) {
    this.statusCode = status;
    return this;
  }

  send() {
    return this;
  }
}
