"""What is computed: one folder per table, and the catalog that loads and checks them."""
