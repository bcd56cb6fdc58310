/** The layer law of docs/architecture.md. */
const rule = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    rule('no-cycles', {}, { circular: true }, 'No cycles, anywhere.'),
    rule('core-is-pure', { path: '^core/' }, { pathNot: '^(core/|node_modules/(zod|yaml)/)' },
      'core imports only core, zod and yaml: clock, randomness, environment and digests come in as arguments or ports.'),
    rule('adapters-know-core-only', { path: '^lambdas/adapters/' }, { path: '^(bin|lib|local|cli|sdk|test|benchmarks|lambdas/(?!adapters/))' },
      'Adapters implement ports of core with a technology; they know no handler and no construct.'),
    rule('handlers-compose', { path: '^lambdas/' }, { path: '^(bin|lib|local|cli|sdk|test|benchmarks)/' },
      'Handlers compose core, adapters and runtime.'),
    rule('lib-names-handlers-only', { path: '^(lib|bin)/' }, { path: '^(lambdas|local|cli|sdk|test|benchmarks)/' },
      'Constructs name handler entry files as paths; they never import them.'),
    rule('clients-use-the-sdk', { path: '^cli/' }, { path: '^(core/(?!trace/)|lambdas/|lib/|bin/|local/|test/|benchmarks/)' },
      'The CLI reaches the product through the SDK. How a history is read as a trace is decided once, in core/trace, for it and for whoever exports traces.'),
    rule('sdk-stands-alone', { path: '^sdk/' }, { path: '^(core|lambdas|lib|bin|local|cli|test|benchmarks)/' },
      'The SDK is published on its own: its types are generated from the OpenAPI document.'),
    rule('product-never-knows-local', { path: '^(core|lambdas|lib|bin|sdk|cli)/' }, { path: '^local/' },
      'What runs on a laptop is what runs on AWS.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(cdk\\.out|\\.local|dist)/' },
    parser: 'swc',
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.cjs', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
