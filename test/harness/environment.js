import { AsyncLocalStorage } from 'node:async_hooks';
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';
import { runningFirefox } from '../browser/engines/running-firefox.js';

/**
 * The storages that have been used since the last test file. Before Node 24, each of them makes every later promise of
 * the process a little slower until it is disabled. Jest makes one for each test file and leaves it: after a hundred
 * files, a promise takes six times as long.
 *
 * @type {Set<AsyncLocalStorage<unknown>>}
 */
const used = new Set();

for (const name of /** @type {const} */ (['run', 'enterWith'])) {
  const method = AsyncLocalStorage.prototype[name];
  Object.defineProperty(AsyncLocalStorage.prototype, name, {
    configurable: true,
    writable: true,
    /**
     * @this {AsyncLocalStorage<unknown>}
     * @param {unknown[]} given
     */
    value(...given) {
      used.add(this);
      return Reflect.apply(method, this, given);
    },
  });
}

/** Node, as each test file finds it; what the file has used ends with it. */
export default class Environment extends TestEnvironment {
  /**
   * Jest puts a proxy before the global object of a test file, which every `Array`, `Promise` and `URL` of it then goes
   * through. Node's own global object takes a tenth off what test files cost.
   *
   * @param {ConstructorParameters<typeof TestEnvironment>} given
   */
  constructor(...given) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
    Object.assign(this.global, { runningFirefox });
  }

  /** @override */
  async teardown() {
    await super.teardown();
    for (const storage of used) storage.disable();
    used.clear();
  }
}
