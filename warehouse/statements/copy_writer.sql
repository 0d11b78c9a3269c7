copy from database writer to compact;
