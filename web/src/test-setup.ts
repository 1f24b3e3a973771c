/** What a browser has and the test's page lacks. */
export {};
