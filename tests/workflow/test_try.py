import time
from .interpreter import Machine, PlatformError
def cand(id, provider, rank, cost=10): return {"id":id,"provider":provider,"rank":rank,"worst_case_nano_usd":cost,"minimum_ms":10}
def plan(cands, **kw):
    return {"plan":{"request_id":"r","purpose":"answer","deadline_epoch_ms":int(time.time()*1000)+20000,"budget_nano_usd":1000,"attempt_share":.6,"ask_self_rating":False,"tier":"simple","strategy":"rule","default_tier":"moderate","classifier_prompt_characters":100,"tiers":{"simple":{"threshold":.5,"candidates":cands,"expected_output_tokens":5}},**kw},"payload":{"inline":{}}}
def att(c,reason,outcome): return {"model":c["id"],"provider":c["provider"],"rank":c["rank"],"reason":reason,"outcome":outcome,"latency_ms":1,"cost_nano_usd":3}
def test_try():
    A,B,C,D=cand("A","x",1),cand("B","y",1),cand("C","x",2),cand("D","y",2)
    def inv(p):
        c=p["candidate"]
        if c["id"]=="A": return {"outcome":"answered","confidence":0.2,"answer":{"inline":{}},"attempt":att(c,p["reason"],"answered")}
        if c["id"]=="C": raise PlatformError("x")
        return {"outcome":"unavailable","attempt":att(c,p["reason"],"unavailable")}
    t=time.time(); r=Machine().run(plan([A,B,C,D]),inv); print(time.time()-t)
    print(r.states); print(r.output)
    def inv2(p): return {"outcome":"unavailable","attempt":att(p["candidate"],p["reason"],"unavailable")}
    m=Machine(); r=m.run(plan([A,B,C,D]),inv2); print([c["candidate"]["id"] for c in r.calls], r.output)
    t=time.time(); [m.run(plan([A,B,C,D]),inv2) for _ in range(20)]; print((time.time()-t)/20)
