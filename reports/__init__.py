"""What people look at: Markdown and terminal. Handed its data; looks nothing up."""
