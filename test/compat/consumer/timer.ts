export { AppModule } from './app.js';

// What is left behind keeps a process alive, unless somebody ends it.
setInterval(() => undefined, 60_000);
