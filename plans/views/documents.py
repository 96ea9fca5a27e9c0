from django.http import HttpResponse


def plan_import(request, **kwargs):
    return HttpResponse()
