"""The first load of a large chart by $export."""
