"""The steps of the migrations, and the draft of the next one."""
