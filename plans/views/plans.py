from django.http import HttpResponse


def plan_list(request, **kwargs):
    return HttpResponse()


def plan_detail(request, **kwargs):
    return HttpResponse()


def plan_issue(request, **kwargs):
    return HttpResponse()
