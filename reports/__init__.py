"""What leaders read: pages, charts and tables, in Vietnamese and English."""
