/** Prefixes by which vendors mark their credentials, with the least length of what follows. */
export const PREFIXED = new RegExp(
  '(?<![A-Za-z0-9])(?:' +
    [
      String.raw`[a-z]{2,12}_(?:live|test|prod|production|sandbox)_\w{10,255}`,
      '(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{12,20}',
      String.raw`gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|gl(?:pat|cbt|dt|ft|imt|oas|ptt|rt|soat|agent|ffct)-[\w-]{16,255}`,
      String.raw`xox[a-z]-[A-Za-z0-9-]{8,255}|xapp-[A-Za-z0-9-]{10,255}|xoxe\.xox[bp]-[\w-]{10,255}`,
      '[rsp]k_(?:live|test|prod)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{16,255}',
      'sk-(?:ant-|proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{16,255}',
      String.raw`AIza[\w-]{30,60}|ya29\.[\w-]{20,512}|GOCSPX-[\w-]{20,60}|1//0[\w-]{20,255}`,
      String.raw`hf_[A-Za-z0-9]{20,64}|api_org_[A-Za-z0-9]{20,64}|npm_[A-Za-z0-9]{20,64}|pypi-[\w-]{20,512}|rubygems_[a-f0-9]{20,64}|dckr_(?:pat|oat)_[\w-]{16,64}`,
      String.raw`SG\.[\w-]{16,32}\.[\w-]{16,64}|key-[a-f0-9]{20,40}|(?:AC|SK|AP|PN)[a-f0-9]{32}|[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{5,8}\.[\w-]{25,45}`,
      String.raw`dop_v1_[a-f0-9]{32,64}|do[or]_v1_[a-f0-9]{32,64}|EAA[A-Za-z0-9]{20,255}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{20,64}|sq0(?:atp|csp|idp)-[\w-]{16,64}|EAAA[\w-]{40,80}`,
      String.raw`hv[sbr]\.[\w-]{20,255}|s\.[A-Za-z0-9]{24}(?![A-Za-z0-9])|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,80}|doo_v1_[a-f0-9]{64}`,
      String.raw`(?:lin_api|lin_oauth|pul-|pscale_(?:tkn|oauth|pw)|tfp|glc|glsa|sntrys|sntryu|rdme|sgp|nfp|fio-u|fo1|fm[12][ar]?|ory_[a-z]{2}|figd|xkeysib|xsmtpsib|ATATT|ATCTT|ATBB|PMAK|NRAK|NRJS|NRII|NRIQ|NRRA|CFPAT|EZAK|EZTK|FLWSECK(?:_TEST)?|FLWPUBK(?:_TEST)?|cs_live|ddp|dd[apc]|dapi|dp\.(?:pt|st|ct|sa)|dt0[a-zA-Z]\d{2}|AGE-SECRET-KEY|p8e|r8|gsk|tvly|pplx|xai|nvapi|sbp|sb_(?:secret|publishable)|sha256~|vercel|vcp|shippo_(?:live|test)|tk-us|akp|duffel_(?:live|test)|frameio-u|rzp_(?:live|test)|clojars|cmVmd|eyJrIjoi)[-_.1]{0,2}[A-Za-z0-9][\w.\-+/=]{18,255}`,
      String.raw`https://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/+-]{20,100}`,
      String.raw`[1-9]\d{7,10}:AA[\w-]{30,40}|[\w.~]{3}\dQ~[\w.~-]{31,40}|(?:pat|snyk_[a-z]{2,4}|sk|pk|tk)\.[\w-]{8,255}(?:\.[\w-]{8,255}){1,3}`,
      'T3BlbkFJ[A-Za-z0-9]{16,64}',
    ].join('|') +
    String.raw`)|(?<![\w$])\$(?:2[abxy]|argon2(?:id|i|d)|[1567y]|scrypt|pbkdf2(?:-\w{2,8})?)\$[^\s"'<>|\x60]{16,512}`,
  'g',
)
