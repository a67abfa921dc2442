import type { INestApplication, LoggerService, Type } from '@nestjs/common';
import type { NestFactoryStatic } from '@nestjs/core/nest-factory.js';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Why there is no application, or no document of it; the message says what to change. */
export class StartProblem extends Error {}

/** An application that has started without listening. */
export interface StartedApplication {
  readonly document: unknown;
  readonly app: Pick<INestApplication, 'close'>;
}

/** What a module of the user exports. */
type Exports = Readonly<Record<string, unknown>>;

/** The user's own Nest, which need not be the one beside this package. */
interface Nest {
  readonly NestFactory: NestFactoryStatic;
  readonly ModulesContainer: Type<ReadonlyMap<string, ModuleOfNest>>;
}

interface ModuleOfNest {
  readonly providers: ReadonlyMap<unknown, { readonly instance?: unknown }>;
}

/**
 * Starts the application of a module in a built file.
 *
 * @param name its export: a module class, or a function that creates the application; by default the default export
 *   or the only module class
 * @throws StartProblem; and whatever the application throws
 */
export async function startApplication(
  file: string,
  name: string | undefined,
  fastify: boolean,
): Promise<StartedApplication> {
  const exported = exportsOf(await import(pathToFileURL(file).href));
  const root = rootOf(exported, name, basename(file));
  const nest = await nestOf(file);
  const app =
    isModuleClass(root) || isClass(root)
      ? await nest.NestFactory.create(root, await adapterOf(file, fastify), {
          logger: new FaultLog(),
          abortOnError: false,
        })
      : await created(root, name ?? 'default');
  await app.init();
  const service = policyServiceOf(app, nest, name ?? 'The root module');
  return { document: await service.document(), app };
}

/** Named exports, and those of a CommonJS module that Node did not recognize as such. */
function exportsOf(namespace: unknown): Exports {
  const named = namespace as Exports;
  const { default: whole } = named;
  if (typeof whole !== 'object' || whole === null) return named;
  const { __esModule: _, ...others } = { ...named, ...(whole as Exports) };
  // What an ES module was before it was compiled has a default export of its own, or none.
  return 'default' in whole
    ? others
    : Object.fromEntries(Object.entries(others).filter(([key]) => key !== 'default'));
}

type Creator = () => unknown;

function rootOf(exported: Exports, name: string | undefined, file: string): Type | Creator {
  const functions = Object.entries(exported).filter(
    (entry): entry is [string, Type | Creator] => typeof entry[1] === 'function',
  );
  const modules = functions.filter(([, each]) => isModuleClass(each));
  const known = (modules.length > 0 ? modules : functions).map(([key]) => `#${key}`);
  if (name !== undefined) {
    const found = functions.find(([key]) => key === name)?.[1];
    if (found !== undefined) return found;
    const hint = known.length === 0 ? 'It exports no class.' : `Use ${known.join(' or ')}.`;
    throw new StartProblem(`${file} exports no class "${name}". ${hint}`);
  }
  const own = functions.find(([key]) => key === 'default')?.[1];
  if (own !== undefined) return own;
  const classes = functions.filter(([, each]) => isClass(each));
  // `@Module({})` leaves no trace on its class.
  const candidates = new Set((modules.length > 0 ? modules : classes).map(([, each]) => each));
  const [only, ...others] = candidates;
  if (only === undefined) {
    throw new StartProblem(
      `${file} exports no class with @Module(). Name the built file of the root module, e.g. dist/app.module.js.`,
    );
  }
  if (others.length > 0) {
    throw new StartProblem(
      `${file} exports several modules. Add the one to start: ${known.join(', ')}.`,
    );
  }
  return only;
}

/** What `@Module()` writes on a class. */
const MODULE_KEYS = ['imports', 'controllers', 'providers', 'exports'];

function isModuleClass(value: Type | Creator): value is Type {
  // Nest's reflect-metadata puts it there, if the file imports Nest at all.
  const { getMetadata } = Reflect as { getMetadata?: (key: string, target: object) => unknown };
  return MODULE_KEYS.some((key) => getMetadata?.(key, value) !== undefined);
}

function isClass(value: Type | Creator): value is Type {
  return Function.prototype.toString.call(value).startsWith('class');
}

async function created(create: Creator, name: string): Promise<INestApplication> {
  const app = (await create()) as Partial<INestApplication> | undefined;
  if (typeof app?.init === 'function' && typeof app.get === 'function')
    return app as INestApplication;
  throw new StartProblem(
    `${name}() returns no application. Return what NestFactory.create() resolves to, before listen().`,
  );
}

async function nestOf(file: string): Promise<Nest> {
  const core = await importFor(file, '@nestjs/core');
  if (core !== undefined) return core as unknown as Nest;
  throw new StartProblem(
    `@nestjs/core is not installed where ${file} is. Run this in the project, after npm install.`,
  );
}

async function adapterOf(file: string, fastify: boolean) {
  const name = fastify ? 'fastify' : 'express';
  const platform = await importFor(file, `@nestjs/platform-${name}`);
  if (platform === undefined) {
    const hint = fastify ? 'Leave out --fastify, or install it.' : 'Use --fastify, or install it.';
    throw new StartProblem(`@nestjs/platform-${name} is not installed in the project. ${hint}`);
  }
  const Adapter = platform[fastify ? 'FastifyAdapter' : 'ExpressAdapter'] as Type<
    Parameters<NestFactoryStatic['create']>[1] & object
  >;
  return new Adapter();
}

/** A package as the user's file would find it; `undefined` where it is not installed. */
async function importFor(file: string, name: string): Promise<Exports | undefined> {
  let path: string;
  try {
    path = createRequire(file).resolve(name);
  } catch {
    return undefined;
  }
  const namespace = (await import(pathToFileURL(path).href)) as Exports;
  return { ...(namespace['default'] as Exports | undefined), ...namespace };
}

interface PolicyService {
  document(): unknown;
}

/**
 * The application's `CorsPolicyService`. Its class may be of either half of the package (ES modules, CommonJS), and of
 * another installed copy of it, so that it is known by what it can do.
 */
function policyServiceOf(app: INestApplication, nest: Nest, name: string): PolicyService {
  for (const { providers } of app.get(nest.ModulesContainer, { strict: false }).values()) {
    for (const { instance } of providers.values()) {
      if (!isPolicyService(instance)) continue;
      if ('document' in instance) return instance as PolicyService;
      throw new StartProblem(
        'The nestjs-cors that the application uses is older than this command. Install the same version for both.',
      );
    }
  }
  throw new StartProblem(
    `${name} does not import CorsModule. Add CorsModule.forRoot() to its imports.`,
  );
}

function isPolicyService(instance: unknown): instance is object {
  return (
    typeof instance === 'object' &&
    instance !== null &&
    ['evaluate', 'policyOf', 'isOriginAllowed', 'trustedOrigins'].every((name) => name in instance)
  );
}

/** Says what is wrong, on standard error, and nothing else. */
class FaultLog implements LoggerService {
  log(): void {
    // What is right is not asked for.
  }
  warn(message: unknown, ...others: unknown[]): void {
    write('warning', message, others);
  }
  error(message: unknown, ...others: unknown[]): void {
    write('error', message, others);
  }
  fatal(message: unknown, ...others: unknown[]): void {
    write('error', message, others);
  }
}

/** The last of the further arguments is the context; the others are stacks. */
function write(what: string, message: unknown, others: readonly unknown[]): void {
  const context = others.at(-1);
  const where = typeof context === 'string' && !context.includes('\n') ? `[${context}] ` : '';
  const text = message instanceof Error ? message.message : String(message);
  process.stderr.write(`${what}: ${where}${text}\n`);
}
