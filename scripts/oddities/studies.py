"""Study files, tables and data that are odd, and studies that go wrong."""
