/** As much of a response as a decision needs. Its headers cost what they cost Node's: names in lower case. */
export class StubResponse {
  statusCode = 200;
  headers = {};

  setHeader(name, value) {
    this.headers[name.toLowerCase()] = value;
    return this;
  }

  getHeader(name) {
    return this.headers[name.toLowerCase()];
  }

  hasHeader(name) {
    return name.toLowerCase() in this.headers;
  }

  removeHeader(name) {
    delete this.headers[name.toLowerCase()];
  }

  end() {}
}

/** The same, as Fastify has it. */
export class StubReply extends StubResponse {
  header(name, value) {
    return this.setHeader(name, value);
  }

  code(status) {
    this.statusCode = status;
    return this;
  }

  send() {
    return this;
  }
}
