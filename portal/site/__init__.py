"""The site for everybody: no page here knows who is logged in, and none reads behind the publication line."""
