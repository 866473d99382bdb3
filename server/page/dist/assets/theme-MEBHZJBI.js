(()=>{var t=null;try{t=localStorage.getItem("hooktrail-theme")}catch{}(t==="light"||t==="dark")&&(document.documentElement.dataset.theme=t);})();
