"""The words that decide a category and an urgency: things and what happens to them."""

from __future__ import annotations

from qingshu.intake.model import Category

_C = Category
# Category, weight, words. Heavier words say more; ties fall to the order of Category.
# Written by hand on the tuning messages; a pair stands for a thing and what happens to it.
WORDS: tuple[tuple[Category, int, str], ...] = (
    (
        _C.OVERFLOW,
        8,
        r"(污水|脏水|臭水|黄水|黄汤|粪|屎|污物|泔水|沫子|黑水|泥汤|尿|"
        r"排泄物|脏东西|便便|大便|汤子|臭汤|秽物|水).{0,9}(冒|溢|涌|喷"
        r"|淌|漫|窜|翻上|翻水|往外|往上|上来|出来|吐|顶|鼓|横流|倒灌|返"
        r"[水上粪]|反[水上粪脏]|流[到出进满了得]|往下流|泡[死了]|灌[进"
        r"到了]|泼|滋|哗哗|结冰|满地|一地|没过|淹|到处|遍地|外流|往下淌"
        r"|流出|流进|漾|扑|反沫)|"
        r"(井(?!边有)|蹲坑|蹲便|水槽|水池|面盆|浴室|篦子|沟|池|马桶|厕"
        r"所|便池|茅房|茅坑|地漏|下水|管道|坑|窖|厨房).{0,10}(冒|溢|涌"
        r"|喷|淌|漫|窜|翻上|翻水|往外|往上|上来|出来|吐|顶|鼓|横流|倒灌"
        r"|返[水上粪]|反[水上粪脏]|流[到出进满了得]|往下流|泡[死了]|灌"
        r"[进到了]|泼|滋|哗哗|结冰|满地|一地|没过|淹|到处|遍地|外流|往"
        r"下淌|流出|流进|漾|扑|反沫)|"
        r"(冒|溢|涌|喷|淌|漫|窜|翻上|翻水|往外|往上|上来|出来|吐|顶|鼓"
        r"|横流|倒灌|返[水上粪]|反[水上粪脏]|流[到出进满了得]|往下流|泡"
        r"[死了]|灌[进到了]|泼|滋|哗哗|结冰|满地|一地|没过|淹|到处|遍地"
        r"|外流|往下淌|流出|流进|漾|扑|反沫).{0,4}(污水|脏水|臭水|黄水"
        r"|黄汤|粪|屎|污物|泔水|沫子|黑水|泥汤|尿|排泄物|脏东西|便便|大"
        r"便|汤子|臭汤|秽物|水)|外溢|溢出|溢粪|溢了|溢流|冒了|在冒|又冒|"
        r"往外[淌冒溢流涌翻窜喷鼓]|一个冒|冒泡|进粪|进污水|"
        r"(粪|污)水(?!管|池|处理|井盖)|黏糊糊|一地的?(粪|屎)|屎汤|脚(粪|屎)|"
        r"(踩|沾).{0,4}(粪|屎|污水)|[返反翻冒]上来|往下?室渗|渗水|往外.{0,4}水|"
        r"overflow|spill|ov[re]{2,3}fl|sewage|sewege|dirty water|waste ?water|"
        r"raw sewage|poo\b|poop|shit|crap|feces|faeces|black water|coming up|"
        r"backing up|floods?\b|flood(ed|ing)|"
        r"(water|stuff|waste|filth).{0,30}(coming|running|pouring|risi"
        r"ng|bubbling|out of)|bubbling up|pouring",
    ),
    (
        _C.BLOCKAGE,
        7,
        r"堵|淤|塞住|疏通|糊(死|住)|"
        r"(下水|排水|水|马桶|厕所|管道|管子|流|地漏|污水|洗手间).{0,8}"
        r"(不往下|不出去|不动|不干净|不通|不畅|不走|走不|下不|冲不|排不"
        r"|退不|流不|不下|不动|慢|不得劲|没法用|用不了|不了水|积|满溢)|往上鼓|不行了|"
        r"用不成|冲不动|没法冲|block|clog|drain(s|ing)? (properly|well|at all)|"
        r"not drain|no(t|thing)? (going|goes) down|won't drain|drains?.{0,12}slow|"
        r"slow drain|gurgl|backed up|not? (water )?(going|flush)|not flush|"
        r"won't flush|(toilet|sink|shower|drain).{0,14}(stuck|full)",
    ),
    (
        _C.GAS,
        12,
        r"沼气|可燃气|硫化氢|液化气|天然气|爆炸|会爆|爆燃|炸了|炸飞|炸开|砰|"
        r"轰(地|的)?一声|火星|崩(着|了)|打火|点火|冒火|着火|火苗|[黄白黑]烟|冒烟|烟花|"
        r"鞭炮|呛人|呛得|煤气|瓦斯|中毒|毒气|有毒|头晕|头疼|恶心|想吐|昏|晕倒|臭鸡蛋|"
        r"臭蛋味|下井后没|憋得|憋气|窒息|缺氧|咳嗽|喘不上|熏倒|熏晕|没有?知觉|"
        r"gas (smell|leak|odo)|cough|unconscious|passed out|choking|smell of gas|"
        r"smell(s|ing)? gas|methane|explo[ds]|dizzy|rotten egg|bad eggs|smoke|"
        r"\bbang\b|\bfire\b|flames|nause|faint|headache|poison",
    ),
    (
        _C.LID,
        9,
        r"(井盖|池盖|盖板|盖子|盖儿|窨井盖|人孔盖|铁盖|水泥盖|水泥板|坑"
        r"盖|池顶|(?<![复覆遮涵])盖(?![好住了上章]))[^旁地|]{0,10}(坏|"
        r"破|丢|没了|没有|没放|没复|没盖|缺|碎|松|不见|不知|翘|开(?!始"
        r")|裂|塌|断|偷|顺走|抬走|拿走|敞|晃|少了|掉|高出|复位|窟窿|斜"
        r"|露|软|换|歪|变形|烂|漏|压|响|哪去|凹|锈|半|飞|偏|劈|砸|轧|翻|朽|晃悠|活动)|"
        r"没有?井盖|没盖|敞着|掉进|掉到|掉井|踩空|落井|(换|装|补).{0,6}(井盖|盖子)|"
        r"喊救命|(missing|broken|open|loose|stole|stolen|gone|cracked|no).{0,"
        r"14}(lid|cover|manhole)|"
        r"(lid|cover|manhole).{0,14}(missing|broken|loose|gone|stolen|"
        r"open|cracked|rattl|off)|fell (in|into)",
    ),
    (
        _C.STRUCTURAL,
        8,
        r"(地面|路面|地上|地|墙|池体|顶板|池壁|周边).{0,8}(塌|陷|沉|裂|空了)|陷下去|"
        r"大坑|下沉(?!广场)|裂[缝了一]|渗漏|往土|往地下跑|"
        r"(管道|管子|管).{0,4}(破|断|裂)|挖断|开裂|破损|坍塌|塌陷|塌了|"
        r"crack(?!ed (lid|cover))|collapse|leak(?!ing gas)|sunk|sinking|subsid|"
        r"sinkhole|broken pipe",
    ),
    (
        _C.ODOUR,
        5,
        r"臭|恶臭|异味|难闻|返味|反味|味道?儿?.{0,3}(很|太|大|冲|重)|杠味|下水道味|"
        r"有味|一股.{0,6}味|熏|smell|odou?r|stink|stench|reek",
    ),
    (
        _C.DESLUDGING_REQUEST,
        4,
        r"清掏|清淘|掏一|该掏|抽粪|清疏|清理.{0,8}(化粪池|池子)|抽一|来抽|满了|快满|"
        r"又满|都要抽|没抽|抽走|液面高|是满|该抽|要抽|清.{0,2}池|清空|该清|清池子|"
        r"清一|empty (the|our|my) tank|pump(ed|ing)?[- ]?out|desludg|full tank|"
        r"tank is (almost |nearly )?full|nearly full|empt(y|ied|ying)",
    ),
    (
        _C.NOISE,
        13,
        r"噪音|噪声|吵|声音.{0,3}(大|响)|声太?大|扰民|轰鸣|轰轰响|嗡嗡|太响|小点声|"
        r"刺耳|没法休息|睡不着|震得|noise|noisy|loud|shouting|drilling",
    ),
    (
        _C.PRAISE,
        14,
        r"表扬|谢谢(你们|师傅)|点赞|锦旗|感谢信|夸|感谢感谢|表示感谢|特此感谢|挺好|"
        r"真好|很好|太好了|真不错|辛苦了|给力|专业|好使了|好用了|通畅了|works? fine|"
        r"works? great|all good now|praise|well done|"
        r"(great|good|wonderful|excellent|fantastic|nice) (job|work|service)|"
        r"excellent|^感谢|thank you to|thanks for|thanks!|thank you!|so kind|impressed",
    ),
    (
        _C.PRAISE,
        1,
        r"感谢|thank you|谢谢",
    ),
    (
        _C.QUESTION,
        10,
        r"请问|谁负责|谁管|几年清|多久(清|抽)|算正常|怎么办理|找哪个|哪个部门|"
        r"是什么流程|when is|what is the|whose|is there a|can you tell|请教|咨询|问问|"
        r"问一下|问下|打听|了解一下|询问|想知道|怎么收费|收费标准|收不收|多少钱|"
        r"(什么|啥)时候(清|抽|开工|来抽|轮到)|归谁|how much|how often|how long|"
        r"who do i|who is responsible|when will|what does it cost|is it free",
    ),
    (
        _C.OTHER,
        16,
        r"自来水|水管爆|台账|关门|垃圾(没|不|满)|不清垃圾|猫|rude|left a mess|bill|"
        r"态度|赔偿|停车费|路灯|电梯|快递|停水|供电|漏水到我家|漏水滴|老鼠|蚊子|苍蝇|"
        r"偷排|乱倒|倒进河|抽到绿化|漏粪.{0,2}洒|没冲地|没打扫|接到雨水管|挡着井|"
        r"压着一辆|占了车位|颜色难看|长草|取消报修|不用来了|尾气|没人接|没人应|打不通|"
        r"油花|隔油池",
    ),
)
# Somebody may be hurt: gas, fire, an open shaft, sewage in a home.
DANGER = (
    r"天然气|爆燃|轰(地|的)?一声|火星|窒息|缺氧|咳嗽|憋气|熏倒|熏晕|"
    r"(井|洞)口.{0,4}(黑|敞|露|开|没)|无盖|缺盖|gas odo|cough|choking|passed out|沼气|"
    r"可燃气|硫化氢|液化气|天然气味|爆炸|会爆|炸了|炸飞|炸开|砰|崩着|冒火|着火|火苗|"
    r"[黄白黑]烟|冒烟|呛人|呛得|煤气|瓦斯|中毒|毒气|有毒|昏倒|晕倒|头晕|头疼|恶心|"
    r"想吐|臭鸡蛋|臭蛋味|喘不上|没上来|掉进|掉到|掉下去|掉了进去|掉井|踩空|翻进|"
    r"差(一|不)?点.{0,4}(下去|掉)|没有?盖(?!好)|没盖(?!好)|敞着|口子|往.{0,2}地下室|"
    r"没复位|露半|救命|人.{0,3}掉|怕人掉|落井|"
    r"(井盖|池盖|盖板|盖子|盖儿|窨井盖|人孔盖|铁盖|水泥盖|水泥板|坑"
    r"盖|池顶|(?<![复覆遮涵])盖(?![好住了上章])).{0,8}(丢|没了|没有"
    r"|不见|不知|缺|少了|偷|顺走|抬走|拿走|敞|掉下|让人|哪去|飞|偏|翻|劈开)|"
    r"(流|灌|冒|返(?!臭|味)|涌|渗|进).{0,3}(进|到|入|向)?.{0,4}((?"
    r"<![大住])家(?![园属的])|屋|室内|客厅|厨房|卧室|卫生间|地下室"
    r"|车库|走廊|楼道|病房|天花板|地漏|一楼住|病人)|"
    r"((?<![大住])家(?![园属的])|屋|室内|客厅|厨房|卧室|卫生间|地下"
    r"室|车库|走廊|楼道|病房|天花板|地漏|一楼住|病人|一楼).{0,10}("
    r"往上(?!鼓)|往外|上来|冒[粪水脏污]|返粪|返水|反水|反上|翻上|倒"
    r"灌|灌|涌|喷|淹|泡了|臭水|进粪|进污水|进水|进脏)|马桶.{0,4}(喷|往外|涌)|倒灌进|"
    r"(孩子|小孩|小朋友|儿童).{0,10}(掉|踩空|围着|井边)|gas (smell|leak)|smell of gas|"
    r"smell(s|ing)? gas|methane|explo[ds]|fell in|unconscious|rotten egg|bad eggs|"
    r"dizzy|smoke|\bbang\b|\bfire\b|flames|faint|poison|"
    r"(in|into|inside|all over|through) (our|my|the|his|her|their)"
    r"( \w+)? (home|house|flat|kitchen|bathroom|bedroom|basement|living)|"
    r"(missing|open|no|stole|stolen).{0,12}(lid|cover|manhole)|"
    r"(lid|cover|manhole).{0,12}(missing|stolen|gone)"
)
# It gets worse while nobody comes.
URGENT = (
    r"塌|陷(?!阱)|沉下|下沉|管子?裂|裂了?[一缝大]|裂成|踩上去空|开裂|渗污水|"
    r"(管|盖).{0,6}断|挖断|急[!！]|紧急|urgent|collapse|crack|sunk|emergency"
)
# It was said before, or it comes back.
REPEAT = (
    r"又[^|,。]{0,4}[了着]|说好.{0,6}(来|抽)|等到现在|一次次|第几回|三天两头|"
    r"多少(回|次)|一样的问题|没修好|老是|总是|隔三差五|每(次|年)都|"
    r"keeps? (happening|coming)|再次|又(来|报|堵|冒|溢|满|臭|外溢)|多次|还是没|"
    r"还没(?!溢|冒|流)|至今|一直没|上次|上回|上周刚|上个月刚|上月就|之前(报|反映)|"
    r"第[二三四五六]次|第[二三四五]回|又是我|[二三四五六两]遍|[三四五]次电话|反复|"
    r"天天堵|动不动|昨天报|没动静|可.{0,14}还是|其实.{0,14}还|现在又|今年又|没俩|咋又|"
    r"根本没解决|没抽|[三四五]天了[!！]|还是满|again|agian|still|second time|"
    r"third time|reported before"
)
# What is said not to be there, or to be over, is not there.
DENIED = (
    r"(没有?|既?不|也不|不再|并没|没再|也没|无)(冒水|冒了?|堵了?|臭"
    r"了?|溢|味道|味儿|异味|气味|返水)(?!人)|(臭味|味道|气味)(没有了|没了)|还没溢|"
    r"no (more )?smell( any ?more)?|no longer|不是化粪池|跟化粪池没关系|"
    r"the overflow is gone|不是投诉|别再让我评价|脏得"
)
