import re

import pytest

from station.emm.emulator.discovery import APIS, Api, document
from station.emm.emulator.errors import ApiError
from station.emm.emulator.methods import HANDLERS
from station.emm.emulator.routes import all_routes, find

METHODS = {method.id: method for api in APIS for method in document(api).methods}
FLAT = {
    "androidmanagement.enterprises.get": "/v1/enterprises/LC1",
    "androidmanagement.enterprises.policies.patch": "/v1/enterprises/LC1/policies/p",
    "androidmanagement.enterprises.policies.list": "/v1/enterprises/LC1/policies",
    "androidmanagement.enterprises.enrollmentTokens.create": "/v1/enterprises/LC1/enrollmentTokens",
    "androidmanagement.enterprises.devices.issueCommand": "/v1/enterprises/LC1/devices/d:issueCommand",
    "androidmanagement.enterprises.devices.operations.list": "/v1/enterprises/LC1/devices/d/operations",
    "androidmanagement.signupUrls.create": "/v1/signupUrls",
}


def test_answers_only_methods_that_the_document_has() -> None:
    assert HANDLERS.keys() <= METHODS.keys()


def test_no_method_that_changes_or_removes_a_device_is_answered() -> None:
    for method_id in HANDLERS:
        assert ".devices." not in method_id or METHODS[method_id].http_method == "GET"


@pytest.mark.parametrize("api", APIS)
def test_every_method_of_the_document_is_routed_to_itself(api: Api) -> None:
    import json
    from importlib.resources import files

    raw = json.loads(files("googleapiclient.discovery_cache.documents").joinpath(f"{api}.v1.json").read_text())
    found = 0
    pending = list(raw["resources"].values())
    while pending:
        resource = pending.pop()
        pending += resource.get("resources", {}).values()
        for method in resource.get("methods", {}).values():
            path = "/" + re.sub(r"\{\w+\}", "ID", method["flatPath"])
            route, name = find(method["httpMethod"], path)
            assert route.id == method["id"]
            assert name == "" or path.startswith(f"/v1/{name}")
            found += 1
    assert found == len(document(api).methods) > 30


@pytest.mark.parametrize(("method_id", "path"), FLAT.items())
def test_finds_methods_by_their_paths(method_id: str, path: str) -> None:
    assert find(METHODS[method_id].http_method, path)[0].id == method_id


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v2/enterprises/LC1", "/v1/enterprises/LC1/nothing/x", "/control"])
def test_unknown_paths_are_404(path: str) -> None:
    with pytest.raises(ApiError) as caught:
        find("GET", path)
    assert caught.value.body()["error"]["status"] == "NOT_FOUND"


def test_a_known_path_with_another_method_is_405_and_names_the_right_ones() -> None:
    with pytest.raises(ApiError) as caught:
        find("PUT", "/v1/enterprises/LC1/policies/p")
    assert caught.value.code == 405
    assert caught.value.allow == "DELETE, GET, PATCH"
    with pytest.raises(ApiError) as caught:
        find("GET", "/phones/enroll")
    assert (caught.value.code, caught.value.allow) == (405, "POST")


def test_ids_of_routes_are_unique() -> None:
    ids = [route.id for route in all_routes()]
    assert len(ids) == len(set(ids))
