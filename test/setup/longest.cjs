// A walk through the whole main job in Chromium, which may first have to build the page's base components (30 to 40 s).
jest.setTimeout(480_000);
