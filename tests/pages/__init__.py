"""The screens, over HTTP and without scripts: what they say, what their forms do, what they keep when refused."""
