# The StartOS package: `make` where start-cli, npm, git, jq and Docker are; see docs/startos.md.
ARCHES := x86 arm
include node_modules/@start9labs/start-sdk/s9pk.mk

# `npm run build` makes the dashboard here, so the bundle has a script of its own, and what start-cli
# would refuse is told before it is asked.
javascript/index.js: $(shell find startos -type f) tsconfig.json node_modules
	npm run check
	node node_modules/@start9labs/start-sdk/lint.mjs
	npm run startos:build
	npm run startos:check
