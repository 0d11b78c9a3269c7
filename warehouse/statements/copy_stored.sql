copy from database stored to compact;
