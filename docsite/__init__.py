"""The documentation as a site: pages made from code beside those of docs/. Not shipped."""
