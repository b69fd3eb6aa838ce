"""Say how a request is spoken: one declaration per method, and all that is made from it."""
