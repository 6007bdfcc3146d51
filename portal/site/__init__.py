"""The site for everybody. Only `account` knows who is logged in; all else reads the publication line."""
