import { expect, jest, test } from '@jest/globals';

jest.unstable_mockModule('../../src/explorer/explorer.controller.js', () => {
  throw new Error('The explorer was loaded.');
});

const { CorsExplorerModule } = await import('../../src/explorer/index.js');

test.each([
  { enabled: false, loaded: false },
  { enabled: true, loaded: true },
])(
  'with enabled $enabled, that its controller and page are loaded is $loaded',
  async ({ enabled, loaded }) => {
    const made = CorsExplorerModule.forRoot({ enabled }).then(
      () => false,
      (error: unknown) => String(error).includes('was loaded'),
    );
    expect(await made).toBe(loaded);
  },
);
