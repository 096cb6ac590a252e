// {build}
